// The files of test/cases/, which people really have, given to an install as they are: what a dry run says of each.
// Planned in this one process, so that no program starts for each. What is shown elsewhere is named in the last column.
import {existsSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {connect, type Connected} from '../../source/client/index.ts';
import {readExtraValues} from '../../source/cli/given.ts';
import {UserError} from '../../source/core/cause.ts';
import type {Answers} from '../../source/parameters/answers.ts';
import {kubectl, makeNamespace} from '../support/clusters/namespace.ts';
import {helm4, root, smallChart} from '../support/paths.ts';
import {startSandbox, type TestSandbox} from '../support/clusters/sandbox.ts';

const folder = join(root, 'test', 'cases');

interface Said {
  readonly outcome: string;
  /** The code of the cause. */
  readonly cause: string | null;
  readonly words: string;
  /** Without those that every install in a sandbox has. */
  readonly warnings: readonly string[];
}

interface Case {
  readonly file: string;
  /** Null: planned. Else the code of the cause, and words of its message. */
  readonly refused: readonly [code: string, words: string] | null;
  readonly warnings?: readonly string[];
  /** The flags that the user is told to use, or that the case needs. */
  readonly answers?: Answers;
  /** Null: the file is an object of the cluster, which is there first. */
  readonly values?: null;
  /** What shows the rest: how helm reads the file, or what becomes of the release. */
  readonly also: string;
}

const asHelm = 'helm/values-as-helm.test.ts';
const installed = 'cluster/cases.test.ts';
const unread = 'unit/chart/unread-values.test.ts';
const settings = 'unit/chart/required-settings.test.ts';

const cases: readonly Case[] = [
  {file: '01-octal-modes.yaml', refused: null, also: asHelm},
  {file: '01b-octal-0400.yaml', refused: null, also: asHelm},
  {file: '02-yes-no.yaml', refused: null, also: asHelm},
  {file: '03-merge-keys.yaml', refused: null, also: asHelm},
  {file: '04-utf16le-bom.yaml', refused: null, also: asHelm},
  {file: '05-as-subchart.yaml', refused: null, warnings: ['VALUES_UNREAD'], also: unread},
  {file: '06-older-keys.yaml', refused: null, warnings: ['VALUES_UNREAD'], also: unread},
  {
    file: '08-node-pool.yaml',
    refused: ['BAD_INPUT', 'use --instance-type and --node-selector instead'],
    also: 'unit/observation/checks/placement.test.ts',
  },
  {file: '08b-tolerations.yaml', refused: null, also: 'unit/observation/checks/placement.test.ts'},
  {file: '09-max-connections-writer-only.yaml', refused: null, warnings: ['SETTINGS_EXCEED_MEMORY'], also: settings},
  {file: '09b-max-connections-300-both.yaml', refused: null, warnings: ['SETTINGS_EXCEED_MEMORY'], also: settings},
  {file: '09c-max-connections-150-both.yaml', refused: null, warnings: ['SETTINGS_EXCEED_MEMORY'], also: settings},
  {file: '09d-max-connections-400-both.yaml', refused: null, warnings: ['SETTINGS_EXCEED_MEMORY'], also: settings},
  {file: '10-hostssl-only.yaml', refused: null, also: installed},
  {file: '10b-hba-narrow.yaml', refused: null, also: installed},
  {
    file: '12-static-pv.yaml',
    values: null,
    answers: {storageClass: 'manual', readReplicaCount: 0},
    refused: null,
    warnings: ['VOLUME_CANNOT_GROW', 'NO_READERS'],
    also: 'unit/observation/checks/storage-class.test.ts',
  },
  {
    file: '12-static-pv.yaml',
    values: null,
    answers: {storageClass: 'manual'},
    refused: ['NO_STORAGE_CLASS', 'Of 1 volume made by hand with the class manual'],
    also: 'unit/observation/checks/storage-class.test.ts',
  },
  {file: '13-limitrange-default.yaml', values: null, refused: null, also: installed},
  {
    file: '13-limitrange-default.yaml',
    values: null,
    answers: {cpu: '600m'},
    refused: ['ADMISSION_DENIED', 'without a CPU limit gets one of 500m, and 600m of cpu is asked'],
    also: 'unit/observation/checks/limit-range.test.ts',
  },
  {
    file: '13-limitrange-default.yaml',
    values: null,
    answers: {cpu: '600m', cpuLimit: '1'},
    refused: null,
    also: 'unit/observation/checks/limit-range.test.ts',
  },
  {
    file: '14-quota-limits-cpu.yaml',
    values: null,
    refused: ['QUOTA_EXCEEDED', 'every pod must have a CPU limit (--cpu-limit)'],
    also: 'unit/observation/checks/quota.test.ts',
  },
  {
    file: '14-quota-limits-cpu.yaml',
    values: null,
    answers: {cpuLimit: '1', metrics: 'exporter'},
    refused: null,
    also: installed,
  },
  {file: '14c-resources.yaml', refused: ['BAD_INPUT', 'use --cpu-limit instead'], also: 'unit/chart/cpu-limit.test.ts'},
  {file: '16b-vault-annotation.yaml', refused: null, also: unread},
  {
    file: '19-priority-class.yaml',
    refused: ['BAD_INPUT', 'use --priority-class instead'],
    also: 'unit/chart/values-people-have.test.ts',
  },
  {file: '19c-service-account.yaml', refused: null, also: installed},
  {file: '20b-gotmpl.yaml', refused: ['BAD_INPUT', 'helmfile write-values'], also: 'unit/chart/helm-yaml.test.ts'},
  {
    file: '21-service-monitor.yaml',
    refused: ['BAD_INPUT', 'metrics.serviceMonitor.enabled of the extra values: the cluster does not have the kind'],
    also: 'unit/parameters/metrics.test.ts',
  },
  {file: '23-own-image.yaml', refused: ['BAD_INPUT', 'use --image-source instead'], also: 'unit/chart/image.test.ts'},
  {
    file: '23-own-image.yaml',
    values: null,
    answers: {
      images: {source: 'image:quay.io/example/bitnami-postgresql-pgvector', tag: '17.6.0-debian-12-r0'},
    },
    refused: null,
    also: 'unit/chart/image.test.ts',
  },
];

/** Every install in a sandbox has them: one node, and a class that says nothing. */
const usual = ['ENCRYPTION_UNKNOWN', 'NO_HIGH_AVAILABILITY', 'READERS_BESIDE_WRITER'];

let sandbox: TestSandbox;
let said: ReadonlyMap<Case, Said>;
/** By the object of the cluster that is in its namespace; the empty name: none is. */
const connections = new Map<string, Connected>();

beforeAll(async () => {
  sandbox = await startSandbox();
  process.env['KUBECONFIG'] = sandbox.kubeconfig;
  process.env['PGHI_HELM'] = helm4;
  for (const object of new Set(cases.map(objectOf))) {
    const {name} = await makeNamespace('cases');
    if (object !== '') await kubectl(['-n', name, 'create', '-f', join(folder, object)]);
    connections.set(object, await connect({kubeconfig: sandbox.kubeconfig, chart: smallChart, namespace: name}));
  }
  said = new Map(await inTurns(cases, 4, async (one) => [one, await planned(one)] as const));
}, 60_000);
afterAll(async () => {
  for (const connected of connections.values()) connected.close();
  await sandbox.stop();
});

const objectOf = ({file}: Case): string => (/^1[234]-/.test(file) ? file : '');

async function planned(one: Case): Promise<Said> {
  const {file, values, answers = {}} = one;
  const postgres = connections.get(objectOf(one));
  if (!postgres) throw new Error(`no namespace was made for ${file}`);
  try {
    const given = values === null ? {} : {extraValues: await readExtraValues([join(folder, file)])};
    const sizes = {readReplicaCount: 1, instanceType: 'any', cpu: '250m', memory: '512Mi', storageSize: '1Gi'};
    const {outcome, cause, warnings} = await postgres.plan({
      kind: 'install',
      release: 'orders',
      answers: {...sizes, ...given, ...answers},
    });
    const codes = warnings.map(({code}) => code).filter((code) => !usual.includes(code));
    return {outcome, cause: cause?.code ?? null, words: cause?.message ?? '', warnings: codes};
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return {outcome: 'refused', cause: error.reason.code, words: error.reason.message, warnings: []};
  }
}

async function inTurns<Of, To>(all: readonly Of[], atOnce: number, run: (one: Of) => Promise<To>): Promise<To[]> {
  const [waiting, results] = [[...all], [] as To[]];
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) results.push(await run(next));
  };
  await Promise.all(Array.from({length: atOnce}, worker));
  return results;
}

const named = cases.map((one) => ({one, name: `${one.file} ${one.answers ? JSON.stringify(one.answers) : ''}`.trim()}));

test.each(named)('$name', ({one}) => {
  const {outcome, cause, words, warnings} = said.get(one) ?? {};
  const [code, about] = one.refused ?? [null, ''];
  expect({outcome, cause}, words).toEqual({outcome: one.refused === null ? 'planned' : 'refused', cause: code});
  expect(words).toContain(about);
  expect(warnings).toEqual(one.warnings ?? []);
});

test('each file is in the table, and what shows the rest of it is there', () => {
  // Those are charts that have ours as a dependency: test/cluster/ownership.test.ts.
  const files = readdirSync(folder).filter((name) => name !== '25-other-charts');
  expect([...new Set(cases.map(({file}) => file))].sort()).toEqual(files.sort());
  for (const {also} of cases) expect(existsSync(join(root, 'test', also)), also).toBe(true);
});
