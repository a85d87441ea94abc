// The shapes that scripts read.
import {expect, it} from 'vitest';
import {jsonReporter} from '../../../../source/cli/output/json-reporter.ts';
import type {Reporter} from '../../../../source/cli/output/reporter.ts';
import {cause, type Cause} from '../../../../source/core/cause.ts';
import {propose} from '../../../../source/commands/command-line.ts';
import {done, imageNotFound, progress} from './result.ts';

function printed(output: 'json' | 'ndjson', use: (reporter: Reporter) => void): string {
  let text = '';
  use(
    jsonReporter(output, {
      stdout: {write: (more) => (text += more)},
      stderr: {write: () => expect.fail('stderr is for diagnostics')},
    }),
  );
  return text;
}
const all = (reporter: Reporter) => {
  for (const step of progress) reporter.progress(step);
  reporter.result(done);
};

it('json is one object at the end, as it is in the contract', () => {
  expect(JSON.parse(printed('json', all))).toEqual({
    schema: 'pg-helm-install/v1',
    operation: 'install',
    outcome: 'succeeded',
    release: 'orders',
    namespace: 'team-a',
    context: 'prod-eu',
    revision: 1,
    chartVersion: '16.7.26',
    postgresVersion: '17.6',
    durationMs: 14_210,
    endpoints: {
      writer: {
        host: null,
        port: 5432,
        internalHost: 'orders-postgresql-primary.team-a.svc.cluster.local',
        proven: true,
        provenFrom: 'cluster',
        provenAt: expect.any(String),
        role: 'writer',
        latencyMs: 3,
      },
      reader: {
        host: null,
        port: 5432,
        internalHost: 'orders-postgresql-read.team-a.svc.cluster.local',
        proven: true,
        provenFrom: 'cluster',
        provenAt: expect.any(String),
        role: 'reader',
        latencyMs: 3,
        streaming: 2,
        maxLagBytes: 0,
      },
    },
    credentials: {username: 'app', database: 'appdb', secret: 'orders-postgresql-auth', passwordKey: 'password'},
    warnings: [{code: 'IMAGES_FROZEN', message: 'The images are frozen.'}],
    phases: [{name: 'checks', ms: 812}],
  });
});

it('ndjson is one event a line, the last of them the result', () => {
  const events = printed('ndjson', all)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(events.map(({type}) => type)).toEqual(['plan', 'track', 'track', 'track', 'log', 'warning', 'result']);
  expect(events.every(({schema}) => schema === 'pg-helm-install/v1')).toBe(true);
  expect(Object.keys(events[1] ?? {}).sort()).toEqual([
    'schema',
    'since',
    'state',
    'text',
    'time',
    'track',
    'type',
    'waitingFor',
  ]);
  expect(events[4]?.['object']).toEqual({kind: 'Pod', namespace: 'team-a', name: 'orders-postgresql-primary-0'});
});

it('the cause is whole', () => {
  expect(
    JSON.parse(printed('json', (reporter) => reporter.result({...done, outcome: 'failed', cause: imageNotFound}))),
  ).toMatchObject({outcome: 'failed', cause: imageNotFound});
});

it('has notes and a ledger where there are some', () => {
  const ledger = [{kind: 'Secret', name: 'a', fate: 'kept', bytes: null}] as const;
  expect(
    JSON.parse(printed('json', (reporter) => reporter.result({...done, notes: ['It was half done.'], ledger}))),
  ).toMatchObject({notes: ['It was half done.'], ledger});
});

it.each(['json', 'ndjson'] as const)('%s answers, and fails, with the same frame', (output) => {
  const type = output === 'ndjson' ? {type: 'result'} : {};
  expect(
    JSON.parse(
      printed(output, (reporter) => reporter.answer({releases: []}, () => expect.fail('lines are for people'))),
    ),
  ).toEqual({schema: 'pg-helm-install/v1', ...type, releases: []});
  const where = {release: 'orders', namespace: null, context: null};
  expect(
    JSON.parse(printed(output, (reporter) => reporter.failure('status', 'refused', imageNotFound, where))),
  ).toEqual({
    schema: 'pg-helm-install/v1',
    ...type,
    operation: 'status',
    outcome: 'refused',
    ...where,
    revision: null,
    chartVersion: null,
    postgresVersion: null,
    durationMs: expect.any(Number),
    endpoints: null,
    credentials: null,
    warnings: [],
    phases: [],
    cause: imageNotFound,
  });
});

it('what is refused before it began has every field of a result', () => {
  const where = {release: 'orders', namespace: 'team-a', context: 'lab'};
  const [refusedByCheck, refusedBefore] = [
    (reporter: Reporter) => reporter.result({...done, outcome: 'refused', cause: imageNotFound}),
    (reporter: Reporter) => reporter.failure('install', 'refused', imageNotFound, where),
  ].map((way) => Object.keys(JSON.parse(printed('json', way)) as object));
  expect(refusedBefore).toEqual(refusedByCheck);
});

it('a process that ends at once says so, unless it has said how it ended, and waits for no reader', () => {
  const where = {release: null, namespace: null, context: null};
  const written = (use: (reporter: Reporter) => void, writeNow: (text: string) => void) => {
    const reporter = jsonReporter('json', {stdout: {write: () => true}, stderr: {write: () => true}, writeNow});
    use(reporter);
    reporter.cutShort('install', cause('CANCELLED', 'Stopped on request.'), where);
  };
  const said: string[] = [];
  written(
    () => undefined,
    (text) => said.push(text),
  );
  expect(JSON.parse(said.join(''))).toMatchObject({outcome: 'cancelled', cause: {code: 'CANCELLED'}, phases: []});
  written(all, () => expect.fail('it has said how it ended'));
  written(
    () => undefined,
    () => {
      throw new Error('EAGAIN');
    },
  );
});

it.each(['json', 'ndjson'] as const)('%s has the command of a remedy, and not the data behind it', (output) => {
  const orders = {release: 'orders', namespace: 'team-a', context: 'lab'};
  const failed = cause('TIMEOUT', 'Time is up.', {
    remedies: [propose('Go on', {kind: 'recover', ...orders}), {title: 'Wait longer', again: true}],
  });
  const ways: readonly ((reporter: Reporter) => void)[] = [
    (reporter) => reporter.result({...done, cause: failed}),
    (reporter) => reporter.failure('recover', 'failed', failed, orders),
    (reporter) => reporter.answer({cause: failed}, () => []),
    (reporter) => reporter.answer({causes: [failed]}, () => []),
  ];
  for (const way of ways) {
    const said = JSON.parse(printed(output, way)) as {cause?: Cause; causes?: Cause[]};
    expect((said.cause ?? said.causes?.[0])?.remedies).toEqual([
      {title: 'Go on', command: 'pg-helm-install recover orders -n team-a --context lab'},
      {title: 'Wait longer'},
    ]);
  }
});
