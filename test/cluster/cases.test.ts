// What becomes of the cases that a dry run cannot judge alone (test/sandbox/cases.test.ts): installed, a few each day.
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {Result} from '../../source/plan/progress.ts';
import {cliJson} from '../support/cli.ts';
import {kubectl, makeNamespace, type TestNamespace} from '../support/clusters/namespace.ts';
import {onSandbox} from '../support/setup/on-sandbox.ts';
import {root, smallChart} from '../support/paths.ts';
import {sampled} from '../support/clusters/sampled.ts';
import {smallSize} from '../support/clusters/small-size.ts';

const file = (name: string): string => join(root, 'test', 'cases', name);

interface Case {
  readonly what: string;
  /** The release is called by it. */
  readonly name: string;
  /** Objects of the namespace that are there first. */
  readonly objects?: string;
  readonly flags: readonly string[];
  /** Null: it is installed, and its endpoints are proven. */
  readonly cause: {readonly code: string; readonly evidence: RegExp; readonly remedy: RegExp} | null;
  /** A command that succeeds afterwards, without the release. */
  readonly then?: readonly [command: string, ...words: readonly string[]];
  /** Why the sandbox cannot show it; absent: it can. */
  readonly notInSandbox?: string;
}

const cases: readonly Case[] = [
  {
    what: 'a pg_hba.conf that takes nobody without TLS',
    name: 'hostssl',
    flags: ['--values', file('10-hostssl-only.yaml'), '--read-replicas', '1'],
    cause: null,
    notInSandbox: 'its pods have no pg_hba.conf of the chart',
  },
  {
    what: 'a pg_hba.conf without the network of the pods, or without a line for replication',
    name: 'narrow',
    flags: ['--values', file('10b-hba-narrow.yaml'), '--read-replicas', '1'],
    cause: {
      code: 'READER_NOT_STREAMING',
      evidence: /no pg_hba\.conf entry for replication connection/,
      remedy: /primary\.pgHbaConfiguration/,
    },
    notInSandbox: 'its pods have addresses of 127.0.0.0/8',
  },
  {
    what: 'a service account that is not there',
    name: 'account',
    flags: ['--values', file('19c-service-account.yaml'), '--read-replicas', '0'],
    cause: {code: 'POD_REFUSED', evidence: /db-runner/, remedy: /create serviceaccount db-runner/},
    notInSandbox: 'it has no service accounts',
  },
  {
    what: 'a LimitRange with defaults, which the sizes are within',
    name: 'limits',
    objects: '13-limitrange-default.yaml',
    flags: ['--read-replicas', '0'],
    cause: null,
  },
  {
    what: 'a quota that demands a limit of each container, and an exporter and backups beside the database',
    name: 'quota',
    objects: '14-quota-limits-cpu.yaml',
    flags: [
      ...['--read-replicas', '0', '--cpu-limit', '1', '--metrics', 'exporter'],
      ...['--backup-schedule', '0 3 * * *', '--backup-size', '1Gi'],
    ],
    cause: null,
    then: ['backup', 'run', '--yes'],
    notInSandbox: 'it has neither exporters nor backups',
  },
];

const shown = sampled(
  cases.filter(({notInSandbox}) => !onSandbox || notInSandbox === undefined),
  2,
);
const namespaces = new Map<string, TestNamespace>();

beforeAll(async () => {
  for (const {objects = ''} of shown) {
    if (namespaces.has(objects)) continue;
    const namespace = await makeNamespace('cases');
    namespaces.set(objects, namespace);
    if (objects !== '') await kubectl(['-n', namespace.name, 'create', '-f', file(objects)]);
  }
});
afterAll(async () => {
  await Promise.all([...namespaces.values()].map((namespace) => namespace.remove()));
});

test.concurrent.for(shown)('$what', async ({name, objects = '', flags, cause, then}) => {
  const where = [name, '-n', namespaces.get(objects)?.name ?? '', '--timeout', '150s'];
  const install = ['install', ...where, '--chart', smallChart, '--yes', ...smallSize, ...flags];
  const {code, json, stderr} = await cliJson<Result>(install);
  const seen = `${stderr}\n${JSON.stringify(json.cause, null, 1)}`;
  if (cause === null) {
    expect({code, proven: json.endpoints?.writer.proven}, seen).toEqual({code: 0, proven: true});
    if (!then) return;
    const [command, ...words] = then;
    const after = await cliJson<Result>([command, ...where, ...words]);
    expect(after.code, JSON.stringify(after.json.cause, null, 1)).toBe(0);
    return;
  }
  expect({code, cause: json.cause?.code}, seen).toEqual({code: 1, cause: cause.code});
  expect(json.cause?.evidence.join('\n')).toMatch(cause.evidence);
  expect(JSON.stringify(json.cause?.remedies)).toMatch(cause.remedy);
});
