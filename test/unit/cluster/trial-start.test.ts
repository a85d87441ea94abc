// A pod template that does not start is tried beside the writer: its last words are waited for, and it is taken away.
import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest';
import {UserError} from '../../../source/core/cause.ts';
import {clock} from '../../../source/core/time.ts';
import {trialStart} from '../../../source/cluster/trial-start.ts';
import type {Pod} from '../../../source/observation/kubernetes.ts';
import {connectTo} from '../../support/fakes/cluster.ts';
import {fakeApi, refusal, type FakeApi} from '../../support/fakes/fake-api.ts';

const target = {context: 'prod-eu', namespace: 'team-a', release: 'orders', fullname: 'orders-postgresql'};
const pods = '/api/v1/namespaces/team-a/pods';
const tried = `${pods}/orders-postgresql-try-start`;
const trial = {
  template: {metadata: {}, spec: {containers: [{name: 'postgresql', image: 'a'}]}},
  configMaps: {},
  beside: {metadata: {name: 'w', uid: '1'}, spec: {containers: []}},
  owner: null,
} as unknown as Parameters<typeof trialStart>[2];
let fake: FakeApi;
beforeEach(async () => {
  fake = await fakeApi();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await fake.stop();
});

/**
 * `logs`: what kubelet answers for its log, one after the other; the last one from then on.
 * @param secondsPerAsk what each of these answers takes
 */
async function failureWith(logs: readonly string[], secondsPerAsk = 0): Promise<UserError> {
  let asked = 0;
  vi.spyOn(clock, 'now').mockImplementation(() => asked * secondsPerAsk * 1000);
  fake.intercept(({method, path}) => {
    if (path === `${tried}/log`) return {chunks: [logs[Math.min(asked++, logs.length - 1)] ?? ''], then: 'end'};
    const ended = {
      name: 'postgresql',
      ready: false,
      restartCount: 0,
      state: {terminated: {exitCode: 1, reason: 'Error'}},
    };
    return method === 'GET' && path === tried
      ? {
          status: 200,
          body: {
            metadata: {name: 'orders-postgresql-try-start', uid: '2'},
            spec: {containers: []},
            status: {phase: 'Failed', containerStatuses: [ended]},
          },
        }
      : undefined;
  });
  const {api} = connectTo(fake);
  const error: unknown = await trialStart(api, target, trial, new AbortController().signal).catch(
    (thrown: unknown) => thrown,
  );
  api.close();
  if (!(error instanceof UserError)) throw error;
  return error;
}

it('the log may be there later than the end', async () => {
  const {reason} = await failureWith([
    'unable to retrieve container logs for containerd://1',
    '',
    'pg_ctl: could not start server',
  ]);
  expect(reason).toMatchObject({code: 'CRASH_LOOP', evidence: ['pg_ctl: could not start server']});
  expect(fake.requests.at(-1)).toBe(`DELETE ${tried}`);
});

it('a busy node lets its log be read seconds after the end', async () => {
  const {reason} = await failureWith(['', '', '', '', '', '', 'pg_ctl: could not start server'], 1);
  expect(reason.evidence).toEqual(['pg_ctl: could not start server']);
  expect(fake.requests.filter((one) => one === `POST ${pods}`)).toHaveLength(1);
});

it('who says nothing at all is tried twice more, and then Kubernetes is believed', async () => {
  expect((await failureWith([''], 6)).reason).toMatchObject({
    code: 'CRASH_LOOP',
    evidence: ['container postgresql terminated: Error, exit code 1'],
  });
  expect(fake.requests.filter((one) => one === `POST ${pods}`)).toHaveLength(3);
});

it('what was tried is taken away although the server does not answer once', async () => {
  fake.objects.set(tried, {metadata: {name: 'orders-postgresql-try-start', uid: 'left', namespace: 'team-a'}});
  let removals = 0;
  fake.intercept(({method, path}) => {
    if (method === 'POST' && path === pods) return refusal(403, 'Forbidden', 'enough was seen');
    return method === 'DELETE' && path === tried && ++removals === 2 ? 'silent' : undefined;
  });
  const {api} = connectTo(fake, 50);
  await trialStart(api, target, trial, new AbortController().signal).catch(() => undefined);
  api.close();
  expect(removals).toBe(3);
});

it('the volume of the data is an empty one, also where the template has a claim of the release itself', async () => {
  const made: unknown[] = [];
  fake.intercept(({method, path, body}) => {
    if (method !== 'POST' || path !== pods) return undefined;
    made.push(body);
    return refusal(403, 'Forbidden', 'enough was seen');
  });
  const {api} = connectTo(fake);
  const volumes = [
    {name: 'data', persistentVolumeClaim: {claimName: 'old-claim'}},
    {name: 'tmp', emptyDir: {}},
  ];
  const claimed = {...trial, template: {...trial.template, spec: {...trial.template.spec, volumes}}};
  await trialStart(api, target, claimed, new AbortController().signal).catch(() => undefined);
  api.close();
  expect(made).toMatchObject([
    {
      spec: {
        volumes: [
          {name: 'tmp', emptyDir: {}},
          {name: 'data', emptyDir: {}},
        ],
      },
    },
  ]);
  expect(JSON.stringify(made)).not.toContain('old-claim');
});

it("no container of it requests more than next to nothing: the room on its node is the writer's", async () => {
  const made: Pod[] = [];
  fake.intercept(({method, path, body}) => {
    if (method !== 'POST' || path !== pods) return undefined;
    made.push(body as Pod);
    return refusal(403, 'Forbidden', 'enough was seen');
  });
  const {api} = connectTo(fake);
  const resources = {requests: {cpu: '4', memory: '10Gi'}, limits: {memory: '10Gi'}};
  const spec = {
    containers: [
      {name: 'postgresql', image: 'a', resources},
      {name: 'metrics', image: 'b', resources},
    ],
    // With TLS: chart 16.7.26, templates/primary/statefulset.yaml.
    initContainers: [
      {name: 'copy-certs', image: 'a', resources},
      {name: 'sidecar', image: 'c', restartPolicy: 'Always', resources},
    ],
  };
  const withTls = {...trial, template: {...trial.template, spec}} as unknown as typeof trial;
  await trialStart(api, target, withTls, new AbortController().signal).catch(() => undefined);
  api.close();
  const [pod] = made;
  const containers = [...(pod?.spec.containers ?? []), ...(pod?.spec.initContainers ?? [])];
  expect(containers.map(({name}) => name)).toEqual(['postgresql', 'metrics', 'copy-certs', 'sidecar']);
  for (const container of containers) {
    expect(container.resources).toEqual({requests: {cpu: '1m', memory: '16Mi'}, limits: {memory: '10Gi'}});
  }
});

it('a node without room for it says so at once, and no log is waited for', async () => {
  fake.intercept(({method, path}) =>
    method === 'GET' && path === tried
      ? {
          status: 200,
          body: {
            metadata: {name: 'orders-postgresql-try-start', uid: '2'},
            spec: {containers: []},
            status: {phase: 'Failed', reason: 'OutOfpods', message: "Node didn't have enough resource: pods"},
          },
        }
      : undefined,
  );
  const {api} = connectTo(fake);
  const error = trialStart(api, target, trial, new AbortController().signal).finally(() => api.close());
  await expect(error).rejects.toMatchObject({reason: {code: 'UNSCHEDULABLE'}});
  expect(fake.requests.filter((one) => one === `POST ${pods}`)).toHaveLength(1);
});

describe('where the namespace has no room for a pod beside the writer, nothing is tried, and a note says so', () => {
  const beside = {metadata: {name: 'w', uid: '1'}, spec: {containers: [], nodeName: 'n1'}} as unknown as Pod;
  const template = {
    ...trial.template,
    spec: {...trial.template.spec, volumes: [{name: 'c', configMap: {name: 'conf'}}]},
  };
  const whole = {...trial, beside, template, configMaps: {conf: {data: {}}}} as unknown as typeof trial;
  const other = {...whole, template: {...template, spec: {...template.spec, schedulerName: 'other'}}};
  const configMaps = '/api/v1/namespaces/team-a/configmaps';
  const exceeds = (what: string, asks: string) =>
    `${what} "orders-postgresql-try-start" is forbidden: exceeded quota: small, requested: ${asks}=10Gi, ` +
    `used: ${asks}=10Gi, limited: ${asks}=16Gi`;
  const [memory, count] = [exceeds('pods', 'limits.memory'), exceeds('pods', 'pods')];
  const least = (words: string) => `pods "orders-postgresql-try-start" is forbidden: ${words}`;

  it.each([
    ['limits.memory of a quota', whole, pods, memory, 'quota small'],
    ['pods of a quota', whole, pods, count, 'quota small'],
    ['pods of a quota, when another scheduler is asked', other, pods, count, 'quota small'],
    ['ConfigMaps of a quota', whole, configMaps, exceeds('configmaps', 'count/configmaps'), 'quota small'],
    [
      'the least that a LimitRange wants',
      whole,
      pods,
      least('minimum cpu usage per Container is 100m, but request is 1m'),
      'minimum cpu usage per Container is 100m',
    ],
    [
      'the ratio that a LimitRange allows',
      whole,
      pods,
      least('memory max limit to request ratio per Container is 2, but provided ratio is 640.000000'),
      'limit to request ratio',
    ],
  ])('%s', async (_what, asked, collection, words, named) => {
    fake.intercept(({method, path}) =>
      method === 'POST' && path === collection ? refusal(403, 'Forbidden', words) : undefined,
    );
    const {api} = connectTo(fake);
    const note = await trialStart(api, target, asked, new AbortController().signal).finally(() => api.close());
    expect(note).toMatch(/^The new pod template could not be tried in a pod of its own before the writer got it: /);
    expect(note).toContain(named);
    expect(fake.requests).toContain(`DELETE ${tried}`);
    expect([...fake.objects.keys()]).toEqual([]);
  });

  it('what else is refused is an error', async () => {
    fake.intercept(({method, path}) =>
      method === 'POST' && path === pods ? refusal(403, 'Forbidden', 'pods is forbidden: User "a" cannot') : undefined,
    );
    const {api} = connectTo(fake);
    const end = trialStart(api, target, whole, new AbortController().signal).finally(() => api.close());
    await expect(end).rejects.toMatchObject({status: 403});
  });
});

describe('where the writer is to get another scheduler', () => {
  const beside = {metadata: {name: 'w', uid: '1'}, spec: {containers: [], nodeName: 'n1'}} as unknown as Pod;
  const named = (schedulerName: string) => ({
    ...trial,
    beside,
    template: {...trial.template, spec: {...trial.template.spec, schedulerName}},
  });
  /** The specs of the pods that were made, the scheduler doing to the first of them what `scheduled` says. */
  async function tried(schedulerName: string, scheduled: object): Promise<{specs: object[]; error: unknown}> {
    const specs: object[] = [];
    let asked = 0;
    vi.spyOn(clock, 'now').mockImplementation(() => asked * 5000);
    fake.intercept(({method, path, body}) => {
      if (method === 'POST' && path === pods) {
        const {spec} = body as {spec: object};
        specs.push(spec);
        return 'nodeName' in spec ? refusal(403, 'Forbidden', 'enough was seen') : undefined;
      }
      if (method !== 'GET' || path !== `${pods}/orders-postgresql-try-start` || specs.length === 0) return undefined;
      asked++;
      return {status: 200, body: {metadata: {name: 'orders-postgresql-try-start'}, spec: {}, ...scheduled}};
    });
    const {api} = connectTo(fake);
    const error = await trialStart(api, target, named(schedulerName), new AbortController().signal).catch(
      (thrown: unknown) => thrown,
    );
    api.close();
    return {specs, error};
  }

  it.each([
    ['gives it the node', {spec: {nodeName: 'n1'}}],
    ['says why it gives none', {status: {conditions: [{type: 'PodScheduled', status: 'False'}]}}],
  ])('a pod asks it for the same node, and the start is tried there once it %s', async (_what, scheduled) => {
    const {specs} = await tried('other', scheduled);
    const isNode = {key: 'metadata.name', operator: 'In', values: ['n1']};
    expect(specs).toMatchObject([
      {
        schedulerName: 'other',
        tolerations: [{operator: 'Exists'}],
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchFields: [isNode]}]},
          },
        },
      },
      {schedulerName: 'other', nodeName: 'n1'},
    ]);
    expect(specs[0]).not.toHaveProperty('nodeName');
  });

  it('nothing is changed where nobody runs it', async () => {
    const {specs, error} = await tried('nobody', {});
    expect(specs).toHaveLength(1);
    expect(error).toMatchObject({reason: {code: 'UNSCHEDULABLE'}});
    expect(fake.requests.at(-1)).toBe(`DELETE ${pods}/orders-postgresql-try-start`);
  });

  it('the one that it has is not asked', async () => {
    expect((await tried('default-scheduler', {})).specs).toMatchObject([{nodeName: 'n1'}]);
  });
});
