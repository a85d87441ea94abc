// What the API server and the way to it can answer, and what becomes of it.
import {describe, expect, it} from 'vitest';
import {UserError} from '../../../source/core/cause.ts';
import {ApiError, ConnectionError, type Api, type WatchEvent} from '../../../source/cluster/api.ts';
import {causeOfApiError} from '../../../source/cluster/api-cause.ts';
import {paths} from '../../../source/cluster/paths.ts';
import {connectTo, useFakeApi} from '../../support/fakes/cluster.ts';
import {fakeApi, refusal, type FakeApi} from '../../support/fakes/fake-api.ts';
/** What Kubernetes 1.34 answered to the request beside it; the names were made shorter. */
import answers from './answers.json' with {type: 'json'};

const pods = '/api/v1/namespaces/team-a/pods';
let fake: FakeApi;
let api: Api;
useFakeApi((made) => ({fake, api} = made));

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => expect.fail('it succeeded'),
    (error: unknown) => error as Error,
  );
async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await failureOf(work);
  return error instanceof UserError ? error.reason.code : causeOfApiError(error).code;
}

describe('requests', () => {
  it('sends the token of the kubeconfig', async () => {
    await api.get('/version');
    expect(fake.asked[0]?.headers.authorization).toBe('Bearer a-token');
  });

  it('takes the answer as it is', async () => {
    fake.put(pods, {metadata: {name: 'a'}, spec: {x: 1}});
    expect(await api.get(`${pods}/a`)).toMatchObject({metadata: {name: 'a'}, spec: {x: 1}});
  });

  it('finds nothing where nothing is', async () => {
    expect(await api.find(`${pods}/a`)).toBeNull();
  });

  it('deletes what is gone already', async () => {
    await api.delete(`${pods}/a`);
    expect(fake.requests).toEqual([`DELETE ${pods}/a`]);
  });

  it('names the kind of patch, and repeats a key for each of its values', async () => {
    await failureOf(api.patch(`${pods}/a`, {}, 'strategic-merge-patch', {dryRun: ['All', 'None'], force: undefined}));
    expect(fake.asked[0]?.headers['content-type']).toBe('application/strategic-merge-patch+json');
    expect(String(fake.asked[0]?.query)).toBe('dryRun=All&dryRun=None');
  });
});

describe('a kept connection that the server closes as it is used again', () => {
  const closedOnce = async () => {
    // The first answer leaves a connection behind, and the second request finds it closed.
    await api.get('/version');
    let isOver = false;
    fake.intercept(() => (isOver ? undefined : ((isOver = true), 'reset')));
  };

  it('what changes nothing is sent once more', async () => {
    await closedOnce();
    fake.put(pods, {metadata: {name: 'a'}});
    expect(await api.get(`${pods}/a`)).toMatchObject({metadata: {name: 'a'}});
  });

  it('a dry run too', async () => {
    await closedOnce();
    await api.create(pods, {metadata: {name: 'a'}}, {dryRun: 'All'});
    expect(fake.requests.filter((one) => one.startsWith('POST'))).toHaveLength(2);
  });

  it('what may have changed something is not', async () => {
    await closedOnce();
    expect(await failureOf(api.create(pods, {metadata: {name: 'a'}}))).toBeInstanceOf(ConnectionError);
  });
});

describe('refusals', () => {
  it.each(answers)('$situation: $code', async ({answer, code}) => {
    fake.intercept(() => ({status: answer.code, body: answer}));
    const error = await failureOf(api.create(pods, {metadata: {name: 'a'}}));
    const {code: named, message, remedies} = error instanceof UserError ? error.reason : causeOfApiError(error);
    expect(named).toBe(code);
    expect(message).toMatch(/\.$/);
    expect(remedies).not.toEqual([]);
  });

  it.each([
    ['exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1', 'QUOTA_EXCEEDED', 'The quota q'],
    ['failed quota: q: must specify limits.cpu for: verify', 'QUOTA_EXCEEDED', 'must specify limits.cpu for: verify'],
    ['minimum cpu usage per Container is 200m, but request is 100m', 'ADMISSION_DENIED', 'minimum cpu usage'],
  ])('of a pod that are about the pod are not about the user: %s', async (words, code, said) => {
    fake.intercept(() => refusal(403, 'Forbidden', `pods "a" is forbidden: ${words}`));
    const error = await failureOf(api.create(pods, {metadata: {name: 'a'}}));
    const found = causeOfApiError(error);
    expect(found.code).toBe(code);
    expect(found.message).toContain(said);
  });

  it('that say nothing known are a lost connection, which the same command goes on from', async () => {
    fake.intercept(() => refusal(500, 'InternalError', 'etcdserver: leader changed'));
    expect(await codeOf(api.get(pods))).toBe('CONNECTION_LOST');
  });

  it.each([429, 500, 503])(
    'that are over in a moment (%i) are asked again about, when it is a question',
    async (status) => {
      let refusals = 2;
      fake.put(pods, {metadata: {name: 'a'}});
      fake.intercept(() => (refusals-- > 0 ? refusal(status, 'ServiceUnavailable', 'not now') : undefined));
      expect(await api.get(`${pods}/a`)).toMatchObject({metadata: {name: 'a'}});
    },
  );

  it.each<[string, (api: Api) => Promise<unknown>]>([
    ['a review', () => api.create(paths.accessReview, {metadata: {name: 'asked'}, spec: {}})],
    ['a dry run', () => api.patch(`${pods}/a`, {}, 'merge-patch', {dryRun: 'All'})],
  ])('are asked again about by %s, which changes nothing', async (_, ask) => {
    let asked = 0;
    fake.put(pods, {metadata: {name: 'a'}});
    fake.intercept(() => (asked++ < 2 ? refusal(500, 'InternalError', 'etcdserver: request timed out') : undefined));
    await ask(api);
    expect(asked).toBe(3);
  });

  it('that come before anything is done (429) are asked again about by a change too', async () => {
    let asked = 0;
    fake.intercept(() => (asked++ < 2 ? refusal(429, 'TooManyRequests', 'too many requests') : undefined));
    expect(await api.create(pods, {metadata: {name: 'a'}})).toMatchObject({metadata: {name: 'a'}});
    expect(asked).toBe(3);
  });

  it.each<[string, (api: Api) => Promise<unknown>]>([
    ['a patch', (to) => to.patch(`${pods}/a`, {spec: {x: 2}})],
    ['a deletion', (to) => to.delete(`${pods}/a`)],
    ['something new', (to) => to.create(pods, {metadata: {name: 'b'}})],
  ])('of %s are too: it is the same a second time', async (_, change) => {
    let asked = 0;
    fake.put(pods, {metadata: {name: 'a'}});
    fake.intercept(() => (asked++ < 2 ? refusal(503, 'ServiceUnavailable', 'not now') : undefined));
    await change(api);
    expect(asked).toBe(3);
  });

  it('of what was made all the same are no failure, where it is new', async () => {
    const creationTimestamp = new Date().toISOString();
    let isMade = false;
    fake.intercept(({method}) => {
      if (method !== 'POST' || isMade) return undefined;
      isMade = true;
      // Done, and the answer got lost.
      fake.put(pods, {metadata: {name: 'b', creationTimestamp}});
      return refusal(500, 'InternalError', 'etcdserver: request timed out');
    });
    expect(await api.create(pods, {metadata: {name: 'b'}})).toMatchObject({metadata: {name: 'b'}});
  });

  it('of what was there before say so', async () => {
    fake.put(pods, {metadata: {name: 'b', creationTimestamp: '2026-01-01T00:00:00Z'}});
    let asked = 0;
    fake.intercept(() => (asked++ === 0 ? refusal(503, 'ServiceUnavailable', 'not now') : undefined));
    expect(await failureOf(api.create(pods, {metadata: {name: 'b'}}))).toMatchObject({reason: 'AlreadyExists'});
  });

  it('of a webhook that does not answer are told at once: each takes up to 30 s', async () => {
    let asked = 0;
    fake.intercept(() => {
      asked++;
      return refusal(500, 'InternalError', 'Internal error occurred: failed calling webhook "x.example.com": timeout');
    });
    expect(await codeOf(api.create(pods, {metadata: {name: 'a'}}))).toBe('ADMISSION_DENIED');
    expect(asked).toBe(1);
  });

  it('of an answer that breaks off are asked again about', async () => {
    let asked = 0;
    fake.put(pods, {metadata: {name: 'a'}});
    fake.intercept(() => (asked++ === 0 ? {chunks: ['{"metadata":'], then: 'reset'} : undefined));
    expect(await api.get(`${pods}/a`)).toMatchObject({metadata: {name: 'a'}});
  });

  it.each([5, 20])('in %i of 100 requests keep nothing from going through', async (percent) => {
    // The same requests fail each time: mulberry32 by one seed would be another test's matter.
    let state = 7;
    const random = () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
    fake.put(pods, {metadata: {name: 'a'}});
    fake.intercept(() =>
      random() * 100 < percent ? refusal([429, 500, 503][Math.floor(random() * 3)] ?? 500, '', 'not now') : undefined,
    );
    for (let count = 0; count < 25; count++) {
      await api.get(`${pods}/a`);
      await api.patch(`${pods}/a`, {spec: {count}});
    }
    expect(await api.get(`${pods}/a`)).toMatchObject({spec: {count: 24}});
  });

  it('keeps status, reason and message', async () => {
    fake.put(pods, {metadata: {name: 'a'}});
    const error = await failureOf(api.create(pods, {metadata: {name: 'a'}}));
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({status: 409, reason: 'AlreadyExists', message: `${pods}/a already exists`});
  });

  it('shows the words of a proxy that is in the way, and not all of them', async () => {
    fake.intercept(() => ({status: 502, body: `<html>Bad Gateway${' '.repeat(10)}${'x'.repeat(5000)}`}));
    const {message} = await failureOf(api.get(pods));
    expect(message).toMatch(/^<html>Bad Gateway/);
    expect(message.length).toBeLessThanOrEqual(2000);
  });

  it('says in the message of expired credentials which cluster it is, and never the token', async () => {
    fake.intercept(() => refusal(401, 'Unauthorized', 'Unauthorized'));
    const error = await failureOf(api.get(pods));
    expect(error.message).toContain(fake.url);
    expect(JSON.stringify((error as UserError).reason)).not.toContain('a-token');
  });
});

describe('a bad way', () => {
  it.each([
    ['a login page', {status: 200, body: '<html>Log in</html>'}],
    ['half an answer', {chunks: ['{"items": ['], then: 'end'}],
    ['an answer that breaks off', {chunks: ['{"items": ['], then: 'reset'}],
    ['a reset', 'reset'],
  ] as const)('%s is a lost connection', async (_name, reply) => {
    fake.intercept(() => reply);
    expect(await failureOf(api.get(pods))).toBeInstanceOf(ConnectionError);
  });

  it('is a lost connection when nobody listens', async () => {
    const {port} = new URL(fake.url);
    await fake.stop();
    const error = await failureOf(api.get(pods));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error.message).toContain(`ECONNREFUSED 127.0.0.1:${port}`);
    fake = await fakeApi();
  });

  it.each([
    ['before the answer', 'silent'],
    ['in the middle of it', {chunks: ['{"items": ['], then: 'stay'}],
  ] as const)('does not wait for ever: silence %s', async (_name, reply) => {
    const hasty = connectTo(fake, 50).api;
    fake.intercept(() => reply);
    const error = await failureOf(hasty.get(pods));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error.message).toMatch(/no answer in 0.05 s|aborted/);
    hasty.close();
  });

  it('works again after it', async () => {
    fake.intercept(() => 'reset');
    await failureOf(api.get(pods));
    fake.clearIntercepts();
    expect(await api.list(pods)).toMatchObject({items: []});
  });
});

describe('lists', () => {
  it('come in pages, whole and in order', async () => {
    const names = Array.from({length: 7}, (_, index) => `pod-${index}`);
    for (const name of names) fake.put(pods, {metadata: {name}});
    const {items, resourceVersion} = await api.list<{metadata: {name: string}}>(pods, {limit: 3});
    expect(items.map(({metadata}) => metadata.name)).toEqual(names);
    expect(fake.requests).toHaveLength(3);
    expect(resourceVersion).toBe('107');
  });

  describe('whose next page is asked for too late (410)', () => {
    const expired = refusal(410, 'Expired', 'The provided continue parameter is too old');
    const names = ['a', 'b', 'c', 'd'];
    const lateTimes = (times: number) => {
      for (const name of names) fake.put(pods, {metadata: {name}});
      let left = times;
      fake.intercept(({query}) => (query.get('continue') && left-- > 0 ? expired : undefined));
    };

    it('begin again, and nothing is there twice', async () => {
      lateTimes(1);
      const {items} = await api.list<{metadata: {name: string}}>(pods, {limit: 3});
      expect(items.map(({metadata}) => metadata.name)).toEqual(names);
      expect(fake.requests).toHaveLength(4);
    });

    it('say so when it comes again', async () => {
      lateTimes(2);
      const error = await failureOf(api.list(pods, {limit: 3}));
      expect(error).toMatchObject({status: 410});
    });
  });

  it('ask for metadata alone', async () => {
    await api.listMetadata(pods);
    expect(fake.asked[0]?.headers.accept).toContain('as=PartialObjectMetadataList');
  });

  it('take only what is selected', async () => {
    fake.put(pods, {metadata: {name: 'a', labels: {app: 'x'}}});
    fake.put(pods, {metadata: {name: 'b', labels: {app: 'y'}}});
    const {items} = await api.list<{metadata: {name: string}}>(pods, {labelSelector: 'app=y'});
    expect(items.map(({metadata}) => metadata.name)).toEqual(['b']);
  });
});

describe('watches', () => {
  const collect = async (events: AsyncIterable<WatchEvent<{name: string}>>) => {
    const seen: string[] = [];
    for await (const {type, object} of events) seen.push(`${type} ${object.name}`);
    return seen;
  };

  it('put together what arrives in pieces, letters of several bytes too', async () => {
    const [added, deleted] = [
      {type: 'ADDED', object: {name: 'Zoë'}},
      {type: 'DELETED', object: {name: 'b'}},
    ];
    const text = `${JSON.stringify(added)}\n\n${JSON.stringify(deleted)}\n`;
    const bytes = Buffer.from(text);
    const chunks = [
      bytes.subarray(0, 5),
      bytes.subarray(5, text.indexOf('ë') + 1),
      bytes.subarray(text.indexOf('ë') + 1),
    ];
    fake.intercept(() => ({chunks: chunks.map((chunk) => chunk.toString('latin1')), then: 'end', encoding: 'latin1'}));
    expect(await collect(api.watch(pods, {}, new AbortController().signal))).toEqual(['ADDED Zoë', 'DELETED b']);
    expect(fake.asked[0]?.query.get('watch')).toBe('true');
  });

  it('end with what was whole when the connection breaks', async () => {
    fake.intercept(() => ({chunks: ['{"type":"ADDED","object":{"name":"a"}}\n{"type":"ADD'], then: 'reset'}));
    const seen: string[] = [];
    const error = await failureOf(
      (async () => {
        for await (const {object} of api.watch<{name: string}>(pods, {}, new AbortController().signal))
          seen.push(object.name);
      })(),
    );
    expect(seen).toEqual(['a']);
    expect(error).toBeInstanceOf(ConnectionError);
  });

  it('end with the signal, while nothing happens', async () => {
    const stop = new AbortController();
    const ended = failureOf(collect(api.watch(pods, {}, stop.signal)));
    await expect.poll(() => fake.watches(pods)).toBe(1);
    stop.abort();
    expect(await ended).not.toBeInstanceOf(ConnectionError);
    await expect.poll(() => fake.watches(pods)).toBe(0);
  });

  it('refused', async () => {
    fake.intercept(() => refusal(403, 'Forbidden', 'no'));
    expect(await failureOf(collect(api.watch(pods, {}, new AbortController().signal)))).toBeInstanceOf(ApiError);
  });
});
