// What a release by plain helm is in our parameters, by what runs; and why one cannot be taken over.
import {describe, expect, it} from 'vitest';
import {at} from '../../../source/chart/tree.ts';
import {fromValues, toValues} from '../../../source/chart/values.ts';
import type {Cause} from '../../../source/core/cause.ts';
import type {StatefulSet} from '../../../source/observation/kubernetes.ts';
import type {Snapshot} from '../../../source/observation/snapshot.ts';
import {asItIs} from '../../../source/commands/operation.ts';
import type {Parameters} from '../../../source/parameters/parameters.ts';
import {
  adoptable,
  adoptionPreface,
  adoptionRefusal,
  lacksMemoryLimit,
  type AdoptionAsked,
} from '../../../source/plan/adoption.ts';
import {podOf, serviceOf} from '../../support/fakes/fake-objects.ts';
import {targetFor} from '../../support/fakes/survey.ts';

const image = 'docker.io/bitnamilegacy/postgresql:17.6.0-debian-12-r0';
const login = {username: 'app', database: 'shop'};
const asIs = {cpu: null, memory: null, readReplicas: null, readers: {cpu: null, memory: null}};

function setWith(container: object = {}, spec: object = {}): StatefulSet {
  const resources = {requests: {cpu: '250m', memory: '1Gi'}, limits: {memory: '1Gi'}};
  return {
    metadata: {name: 'orders-postgresql'},
    spec: {
      replicas: 1,
      template: {spec: {containers: [{name: 'postgresql', image, resources, ...container}]}},
      volumeClaimTemplates: [
        {metadata: {name: 'data'}, spec: {storageClassName: 'fast', resources: {requests: {storage: '8Gi'}}}},
      ],
      ...spec,
    },
  };
}

const type = 'node.kubernetes.io/instance-type';
const ssd = {nodeSelector: {disk: 'ssd'}};
const high = {priorityClassName: 'high'};
const affinity = {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: []}, podAntiAffinity: {}};

/** A StatefulSet with more in the spec of its pods. */
function placed(suffix: string, more: object): StatefulSet {
  const set = setWith();
  const template = {spec: {...set.spec.template.spec, ...more}};
  return {metadata: {name: `orders-postgresql${suffix}`}, spec: {...set.spec, template}};
}

function standalone(changes: Partial<Snapshot> = {}): Snapshot {
  return {
    takenAt: 0,
    target: {...targetFor('orders'), given: {writer: ''}},
    namespace: null,
    release: {
      revisions: [
        {
          revision: 3,
          status: 'deployed',
          updatedAt: null,
          chartVersion: '15.5.38',
          chartName: 'postgresql',
          appVersion: '16.6.0',
          description: '',
        } as const,
      ],
      values: {auth: {username: 'app', database: 'shop'}},
    },
    statefulSets: [setWith()],
    pods: [podOf('orders-postgresql-0', true)],
    claims: [],
    services: [serviceOf('orders-postgresql')],
    events: [],
    secret: null,
    logTails: {},
    nodeAddress: null,
    database: [],
    operation: null,
    unreadable: [],
    ...changes,
  };
}

const secretOfChart = '---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: orders-postgresql\n';
const parametersOf = (snapshot: Snapshot, asked: Partial<AdoptionAsked> = {}) => {
  const found = adoptable(snapshot, secretOfChart, login, {...asIs, ...asked});
  if ('code' in found) throw new Error(found.message);
  return found;
};

describe('a chart upgrade that waits for a restart', () => {
  const running = (pod: string, reference: string) => ({
    ...podOf(pod, true),
    spec: {nodeName: 'node0', containers: [{name: 'postgresql', image: reference}]},
  });
  const of = (tag: string) => `docker.io/bitnamilegacy/postgresql:${tag}`;

  it.each([
    ['another major', of('15.4.0-debian-11-r45'), true],
    ['another minor', of('17.2.0-debian-12-r1'), false],
    ['the same', image, false],
    ['one that its tag does not tell', of('latest'), false],
    ['one with tag and digest', `${of('14.5')}@sha256:${'0'.repeat(64)}`, true],
  ])('is refused where the writer runs %s', (_, reference, isRefused) => {
    const found = adoptionRefusal(standalone({pods: [running('orders-postgresql-0', reference)]}));
    expect(found?.code ?? null).toBe(isRefused ? 'VERSION_INCOMPATIBLE' : null);
    if (found) expect(found.remedies[0]?.title).toContain('which orders-postgresql-0 still runs');
  });

  it('is refused where a reader runs another major', () => {
    const read = {...setWith(), metadata: {name: 'orders-postgresql-read'}};
    const both = standalone({
      target: targetFor('orders'),
      statefulSets: [{...setWith(), metadata: {name: 'orders-postgresql-primary'}}, read],
      services: ['primary', 'read'].map((name) => serviceOf(`orders-postgresql-${name}`)),
      pods: [running('orders-postgresql-primary-0', image), running('orders-postgresql-read-0', of('16.4.0'))],
    });
    expect(adoptionRefusal(both)).toMatchObject({
      code: 'VERSION_INCOMPATIBLE',
      message: expect.stringContaining('StatefulSet orders-postgresql-read') as string,
    });
  });
});

describe('a standalone', () => {
  it('is what its StatefulSet, its Service and its container say', () => {
    const {parameters, secrets} = parametersOf(standalone());
    expect(secrets).toEqual(['orders-postgresql']);
    expect(parameters).toMatchObject({
      username: 'app',
      database: 'shop',
      cpu: '250m',
      memory: '1Gi',
      storageSize: '8Gi',
      storageClass: 'fast',
      readReplicaCount: 0,
      exposure: 'cluster',
      spread: 'preferred',
      sizing: 'off',
      instanceType: 'any',
      images: {source: 'bitnamilegacy', tag: '17.6.0-debian-12-r0'},
    });
  });

  it('gets more memory where it has less than PostgreSQL needs, and is asked for it where it has no limit', () => {
    const nano = standalone({statefulSets: [setWith({resources: {limits: {memory: '192Mi', cpu: '150m'}}})]});
    expect(parametersOf(nano).parameters).toMatchObject({memory: '256Mi', cpu: '100m', cpuLimit: '150m'});
    const none = standalone({statefulSets: [setWith({resources: {}})]});
    expect(adoptable(none, '', login, asIs)).toMatchObject({code: 'BAD_INPUT'});
    expect(parametersOf(none, {memory: '2Gi'}).parameters.memory).toBe('2Gi');
  });

  it('without a limit is refused with the flag, what is known, and a command that goes on with what was asked', () => {
    const database = [{kind: 'memory', at: 0, usedBytes: {'orders-postgresql-0': 700 * 2 ** 20}} as const];
    const none = standalone({database, statefulSets: [setWith({resources: {requests: {memory: '256Mi'}}})]});
    const {message, remedies} = lacksMemoryLimit(none, {...asItIs, restartsLater: true});
    expect(message).toContain('with --memory, such as 1536Mi (orders-postgresql-0 uses 700 MiB now');
    expect(remedies.map(({command}) => command)).toEqual([
      'pg-helm-install adopt orders -n team-a --context prod-eu --memory 1536Mi --restart later',
      'kubectl --context prod-eu top pod -n team-a',
    ]);
    const told = adoptionPreface(none, [], {
      chartVersion: '16.7.26',
      restartsLater: false,
      parameters: parametersOf(none, {memory: '2Gi'}).parameters,
    });
    expect(told.map(({sentence}) => sentence).join()).toContain('Each pod gets a limit of memory, 2Gi');
  });

  it('keeps where it runs, and its readers will run there too', () => {
    const {parameters} = parametersOf(standalone({statefulSets: [placed('', {...ssd, ...high, affinity})]}));
    expect(parameters).toMatchObject({nodeSelector: {disk: 'ssd'}, priorityClass: 'high', instanceType: 'any'});
    expect(parameters.readers).toEqual({});
    const kept = {affinity: {nodeAffinity: affinity.nodeAffinity}};
    expect(parameters.extraValues).toMatchObject({primary: kept, readReplicas: kept});
  });

  it('is taken over with a claim that it was given', () => {
    const target = {...targetFor('orders'), given: {writer: '', claim: 'old'}};
    const claim = {metadata: {name: 'old'}, spec: {resources: {requests: {storage: '5Gi'}}}};
    const given = standalone({
      target,
      claims: [claim],
      statefulSets: [setWith({}, {volumeClaimTemplates: []})],
    });
    expect(adoptionRefusal(given)).toBeNull();
    expect(parametersOf(given).parameters.storageSize).toBe('5Gi');
  });
});

it.each<[string, object, object, Partial<Parameters>]>([
  ['labels', ssd, {nodeSelector: {disk: 'hdd', pool: ''}}, {readers: {nodeSelector: 'disk=hdd pool='}}],
  ['labels of the writer alone', ssd, {}, {nodeSelector: {disk: 'ssd'}, readers: {nodeSelector: 'none'}}],
  ['types of node', {nodeSelector: {[type]: 'a.2x'}}, {}, {instanceType: 'a.2x', readers: {instanceType: 'any'}}],
  ['priority', high, {priorityClassName: 'low'}, {priorityClass: 'high', readers: {priorityClass: 'low'}}],
  ['priority of the readers alone', {}, high, {priorityClass: null, readers: {priorityClass: 'high'}}],
  ['rules for nodes', {affinity}, {}, {extraValues: {primary: {affinity: {nodeAffinity: affinity.nodeAffinity}}}}],
])('a writer and readers of different %s keep them', (_what, writer, readers, expected) => {
  const {release} = standalone();
  const snapshot = standalone({
    target: targetFor('orders'),
    release: {...release, values: {architecture: 'replication'}},
    statefulSets: [placed('-primary', writer), placed('-read', readers)],
    services: ['primary', 'read'].map((one) => serviceOf(`orders-postgresql-${one}`)),
  });
  const {parameters} = parametersOf(snapshot);
  const {readers: own = {}, ...ofAll} = expected;
  expect(parameters).toMatchObject(ofAll);
  expect(parameters.readers).toEqual(own);
  const values = toValues(parameters, snapshot.target);
  const {nodeSelector = {}, priorityClassName} = readers as {nodeSelector?: object; priorityClassName?: string};
  expect(at(values, ['readReplicas', 'nodeSelector']) ?? {}).toEqual(nodeSelector);
  expect(at(values, ['readReplicas', 'priorityClassName'])).toBe(priorityClassName);
  expect(fromValues(values)).toEqual(parameters);
});

it('a load balancer of AWS that does not say its scheme is not touched', () => {
  const balancer = (annotations: Record<string, string>) => ({
    metadata: {name: 'orders-postgresql', annotations},
    spec: {type: 'LoadBalancer', ports: [{port: 5432}]},
    status: {loadBalancer: {ingress: [{hostname: 'a1.elb.eu-west-1.amazonaws.com'}]}},
  });
  expect(adoptable(standalone({services: [balancer({})]}), '', login, asIs)).toMatchObject({code: 'NOT_ADOPTABLE'});
  const said = {'service.beta.kubernetes.io/aws-load-balancer-scheme': 'internet-facing'};
  expect(parametersOf(standalone({services: [balancer(said)]})).parameters.exposure).toBe('load-balancer');
});

describe('a release of a chart before 11', () => {
  const of = (chartVersion: string, values: object): Snapshot => {
    const {release} = standalone();
    const revisions = release.revisions.map((one) => ({...one, chartVersion}));
    return standalone({release: {revisions, values: {...values}}});
  };
  const commandsOf = (snapshot: Snapshot) => adoptionRefusal(snapshot)?.remedies.map(({command}) => command) ?? [];

  it('is refused with the way to chart 11, where it is a standalone', () => {
    expect(commandsOf(of('9.8.13', {}))).toEqual([
      'kubectl --context prod-eu label pod orders-postgresql-0 app.kubernetes.io/name=postgresql ' +
        'app.kubernetes.io/instance=orders app.kubernetes.io/component=primary --overwrite -n team-a',
      'kubectl --context prod-eu delete statefulset orders-postgresql --cascade=orphan -n team-a',
      'kubectl --context prod-eu delete secret orders-postgresql -n team-a',
      'helm upgrade orders CHART --version 11.9.13 -f FILE -n team-a --kube-context prod-eu',
      'pg-helm-install adopt orders -n team-a --context prod-eu',
      undefined,
    ]);
  });

  it('with readers, and newer than what is known, a copy is the way', () => {
    expect(commandsOf(of('9.8.13', {replication: {enabled: true}}))).toEqual([undefined]);
    expect(commandsOf(of('18.0.0', {}))).toEqual([undefined]);
  });
});

describe('readers of another shape', () => {
  const withReaders = (): Snapshot => {
    const readers = setWith(
      {resources: {requests: {cpu: '100m', memory: '512Mi'}, limits: {memory: '512Mi', cpu: '2'}}},
      {
        replicas: 2,
        volumeClaimTemplates: [{metadata: {name: 'data'}, spec: {resources: {requests: {storage: '20Gi'}}}}],
      },
    );
    const named = (name: string, set: StatefulSet) => ({...set, metadata: {name}});
    const {release} = standalone();
    return standalone({
      target: targetFor('orders'),
      release: {...release, values: {architecture: 'replication'}},
      statefulSets: [named('orders-postgresql-primary', setWith()), named('orders-postgresql-read', readers)],
      pods: [podOf('orders-postgresql-primary-0', true)],
      services: [
        {
          metadata: {name: 'orders-postgresql-primary'},
          spec: {type: 'LoadBalancer', loadBalancerSourceRanges: ['10.0.0.0/8'], ports: [{port: 5432}]},
        },
        serviceOf('orders-postgresql-read'),
      ],
    });
  };

  it('are carried as they are, each value that differs', () => {
    expect(adoptionRefusal(withReaders())).toBeNull();
    expect(parametersOf(withReaders()).parameters).toMatchObject({
      cpu: '250m',
      memory: '1Gi',
      storageSize: '8Gi',
      exposure: 'load-balancer',
      readReplicaCount: 2,
      allowFrom: {kind: 'cidrs', cidrs: ['10.0.0.0/8']},
      readers: {cpu: '100m', memory: '512Mi', cpuLimit: '2', storageSize: '20Gi', exposure: 'cluster'},
    });
  });

  it('are told of before anything happens', () => {
    const {parameters} = parametersOf(withReaders());
    const said = adoptionPreface(withReaders(), [], {chartVersion: '16.7.26', restartsLater: false, parameters});
    expect(said.map(({sentence}) => sentence)).toContain(
      'The readers keep what they have otherwise than the writer: CPU 100m (writer: 250m), memory 512Mi ' +
        '(writer: 1Gi), limit of CPU 2 (writer: none), disk 20Gi (writer: 8Gi), exposure cluster (writer: ' +
        'load-balancer).',
    );
  });

  it('get what is asked for all pods, and are asked for a limit of memory that they do not have', () => {
    const asked = {cpu: '1', readers: {cpu: '1', memory: null}};
    expect(parametersOf(withReaders(), asked).parameters.readers).not.toHaveProperty('cpu');
    const unlimited = withReaders();
    const sets = unlimited.statefulSets.map((set, index) => (index === 0 ? set : {...set, ...setWithout(set)}));
    expect(adoptable({...unlimited, statefulSets: sets}, '', login, asIs)).toMatchObject({code: 'BAD_INPUT'});
  });

  function setWithout(set: StatefulSet): StatefulSet {
    const {spec} = setWith({resources: {}});
    return {metadata: set.metadata, spec: {...set.spec, template: spec.template}};
  }
});

it('a certificate that was given is the parameter; under the keys of our own it is refused', () => {
  const given = (certFilename: string, certKeyFilename: string): Snapshot => {
    const tls = {enabled: true, certificatesSecret: 'shop-cert', certFilename, certKeyFilename};
    return standalone({release: {...standalone().release, values: {tls}}});
  };
  const {parameters} = parametersOf(given('tls.crt', 'tls.key'));
  expect(parameters).toMatchObject({tls: {certificate: 'secret:shop-cert', required: false}, extraValues: {}});
  expect(parametersOf(given('a.crt', 'a.key')).parameters).toMatchObject({
    tls: {certificate: 'off'},
    extraValues: {tls: {certificatesSecret: 'shop-cert'}},
  });
  expect(adoptable(given('server.crt', 'server.key'), '', login, asIs)).toMatchObject({code: 'NOT_ADOPTABLE'});
});

it('nothing stands in the way of an ordinary one', () => {
  expect(adoptionRefusal(standalone())).toBeNull();
});

it.each<[string, Partial<Snapshot>, Cause['code'], RegExp]>([
  ['no volume', {statefulSets: [setWith({}, {volumeClaimTemplates: []})]}, 'NOT_ADOPTABLE', /no volume of its own/],
  ['a pod that is not ready', {pods: [podOf('orders-postgresql-0', false)]}, 'NOT_ADOPTABLE', /is not ready/],
  [
    'another port',
    {services: [{metadata: {name: 'orders-postgresql'}, spec: {ports: [{port: 6432}]}}]},
    'NOT_ADOPTABLE',
    /port 6432/,
  ],
  [
    'another port of the database',
    {statefulSets: [setWith({ports: [{name: 'tcp-postgresql', containerPort: 5433}]})]},
    'NOT_ADOPTABLE',
    /listens on port 5433/,
  ],
  [
    'Argo CD',
    {
      statefulSets: [
        {...setWith(), metadata: {name: 'orders-postgresql', annotations: {'argocd.argoproj.io/tracking-id': 'x'}}},
      ],
    },
    'NOT_ADOPTABLE',
    /Argo CD steers it/,
  ],
  [
    'Flux',
    {
      statefulSets: [
        {...setWith(), metadata: {name: 'orders-postgresql', labels: {'helm.toolkit.fluxcd.io/name': 'orders'}}},
      ],
    },
    'NOT_ADOPTABLE',
    /Flux steers it/,
  ],
])('%s is refused, with the reason and what to do', (_, changes, code, words) => {
  const refusal = adoptionRefusal(standalone(changes));
  expect(refusal).toMatchObject({code, message: expect.stringMatching(words) as unknown});
  expect(refusal?.message).toContain('Nothing was changed.');
});

it('the plan says what stays, and the way back', () => {
  const said = adoptionPreface(
    standalone(),
    [{name: 'orders-postgresql', readers: [{kind: 'Deployment', name: 'shop'}]}],
    {chartVersion: '16.7.26', restartsLater: true, parameters: parametersOf(standalone()).parameters},
  );
  const text = said.map(({sentence}) => sentence).join('\n');
  expect(said.map(({code}) => code)).toEqual([
    'OWNERSHIP_CHANGE',
    'CREATE',
    'DATA_KEPT',
    'NO_CHANGE',
    'OWNERSHIP_CHANGE',
  ]);
  expect(text).toContain('chart 16.7.26 instead of 15.5.38');
  expect(text).toContain('a rotation changes it and orders-postgresql-auth. It is read by Deployment shop.');
  expect(text).toMatch(
    /helm get values orders --revision 3 -o yaml .*> before.yaml; helm upgrade orders CHART --version 15.5.38/,
  );
});

it('the plan says that more memory is requested than now', () => {
  const {parameters} = parametersOf(standalone());
  const request = (memory: string) => {
    const [set] = standalone().statefulSets;
    const [container] = set?.spec.template.spec.containers ?? [];
    if (!set || !container) return expect.fail('there is no StatefulSet');
    const resources = {requests: {memory}, limits: {memory: parameters.memory}};
    const template = {...set.spec.template, spec: {containers: [{...container, resources}]}};
    const snapshot = standalone({statefulSets: [{...set, spec: {...set.spec, template}}]});
    const told = {chartVersion: '16.7.26', restartsLater: true, parameters};
    return adoptionPreface(snapshot, [], told)
      .map(({sentence}) => sentence)
      .join('\n');
  };
  expect(request('64Mi')).toContain(`requests ${parameters.memory} of memory from its node, as much as it may use`);
  expect(request('64Mi')).toContain('instead of 64Mi');
  expect(request(parameters.memory)).not.toContain('of memory from its node');
});

it('of a Secret that was given the plan says what is added to it, and who reads it', () => {
  const keys = {admin: 'root', user: 'app', replication: 'stream'};
  const target = {...targetFor('orders'), given: {writer: '', secret: {name: 'db', keys}}};
  const secret = {name: 'db', keys: ['root', 'app'], ours: false};
  const said = adoptionPreface(standalone({target, secret}), [{name: 'db', readers: null}], {
    chartVersion: '16.7.26',
    restartsLater: false,
    parameters: parametersOf(standalone()).parameters,
  });
  expect(said.map(({code, object}) => `${code} ${object}`)).toEqual([
    'OWNERSHIP_CHANGE Release/orders',
    'DATA_KEPT Secret/db',
    'OWNERSHIP_CHANGE Release/orders',
  ]);
  expect(said[1]?.sentence).toMatch(
    /gets stream beside what it has.*a rotation changes it there\. Who reads it is not/,
  );
});

describe('one that a tool steers leaves it so that its objects stay, is adopted, and goes back', () => {
  const steered = (metadata: object, steering?: Snapshot['steering']): Snapshot =>
    standalone({
      statefulSets: [{...setWith(), metadata: {name: 'orders-postgresql', ...metadata}}],
      ...(steering === undefined ? {} : {steering}),
    });
  const commandsOf = (snapshot: Snapshot) => adoptionRefusal(snapshot)?.remedies.map(({command}) => command);
  const [adopt, here] = ['pg-helm-install adopt orders -n team-a --context prod-eu', '-n team-a'];
  const exported = (format: string) =>
    `pg-helm-install export orders -n team-a --context prod-eu --format ${format} --to deploy`;
  const forgotten = '\'[{"op":"replace","path":"/metadata/managedFields","value":[{}]}]\'';

  it('Flux: suspended, so that nothing is uninstalled', () => {
    const labels = {'helm.toolkit.fluxcd.io/name': 'orders', 'helm.toolkit.fluxcd.io/namespace': 'flux-system'};
    expect(commandsOf(steered({labels}))).toEqual([
      'kubectl --context prod-eu patch helmrelease orders --type merge -p \'{"spec":{"suspend":true}}\' -n flux-system',
      'kubectl --context prod-eu delete helmrelease orders -n flux-system',
      adopt,
      exported('flux'),
    ]);
  });

  it('Argo CD: without finalizer and marks', () => {
    const annotations = {'argocd.argoproj.io/tracking-id': 'shop-db:apps/StatefulSet:team-a/orders-postgresql'};
    const selector = '-l app.kubernetes.io/instance=orders';
    expect(commandsOf(steered({annotations, managedFields: [{manager: 'argocd-controller'}]}))).toEqual([
      'kubectl --context prod-eu patch application.argoproj.io shop-db --type merge -p ' +
        '\'{"metadata":{"finalizers":null}}\' -n argocd',
      'kubectl --context prod-eu delete application.argoproj.io shop-db -n argocd',
      `kubectl --context prod-eu annotate statefulset,service ${selector} argocd.argoproj.io/tracking-id- ${here}; ` +
        `kubectl --context prod-eu label statefulset,service ${selector} argocd.argoproj.io/instance- ${here}`,
      `kubectl --context prod-eu patch statefulset orders-postgresql --type json -p ${forgotten} ${here}`,
      adopt,
      exported('argocd'),
    ]);
  });

  it('Terraform: out of the state', () => {
    const managedFields = [{manager: 'terraform-provider-helm_v3'}];
    expect(commandsOf(steered({managedFields}))).toEqual([
      undefined,
      `kubectl --context prod-eu patch statefulset orders-postgresql --type json -p ${forgotten} ${here}`,
      adopt,
      exported('helm'),
    ]);
  });

  it.each(['argocd-controller', 'terraform-provider-helm_v3'])(
    'after the printed patches nothing that is looked at says %s any more',
    (manager) => {
      const metadata = {managedFields: [{manager}]};
      const seen = steered(metadata);
      const services = ['orders-postgresql', 'orders-postgresql-hl'].map((name) => ({
        ...serviceOf(name),
        metadata: {...serviceOf(name).metadata, ...metadata},
      }));
      const printed = (adoptionRefusal({...seen, services})?.remedies ?? [])
        .map(({command}) => command ?? '')
        .join('\n');
      for (const {metadata: one} of services)
        expect(printed).toContain(`patch service ${one.name} --type json -p ${forgotten} ${here}`);
      // Where the StatefulSets are done already, the Services alone say it, and still each of them gets its patch.
      const tool = manager.startsWith('argocd') ? 'Argo CD' : 'Terraform';
      const left = {...steered({}, {tool, object: null, named: null}), services};
      const again = (adoptionRefusal(left)?.remedies ?? []).map(({command}) => command ?? '').join('\n');
      expect(again).not.toContain('patch statefulset');
      expect(again.match(/patch service /g)).toHaveLength(services.length);
    },
  );

  it('names the recipe, and no command with a name that is not known', () => {
    const refusal = adoptionRefusal(steered({}, {tool: 'Argo CD', object: null, named: null}));
    expect(refusal?.message).toContain('docs/recipes/gitops.md');
    expect(refusal?.remedies.map(({command}) => command ?? '').join()).not.toContain('NAME');
  });
});
