// Each command with what source/commands/permissions.ts says that it cannot do without, and nothing else: a request
// that is not in that table is refused, as RBAC would. test/cluster/permissions.test.ts shows the Roles of
// docs/security.md on a cluster.
import {mkdtempSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {permissionsOf, type CommandName, type Extra, type Right} from '../../source/commands/permissions.ts';
import type {Result} from '../../source/plan/progress.ts';
import {cliJson} from '../support/cli.ts';
import {countingProxy, type CountingProxy} from '../support/clusters/counting-proxy.ts';
import {makeNamespace, type TestNamespace} from '../support/clusters/namespace.ts';
import {helm4, smallChart} from '../support/paths.ts';
import {permissionGuard, permits, textOf} from '../support/clusters/permission-guard.ts';
import {startSandbox, type TestSandbox} from '../support/clusters/sandbox.ts';
import {smallSize} from '../support/clusters/small-size.ts';

let sandbox: TestSandbox;
let namespace: TestNamespace;
let proxy: CountingProxy;
const guard = permissionGuard();

beforeAll(async () => {
  sandbox = await startSandbox();
  process.env['KUBECONFIG'] = sandbox.kubeconfig;
  proxy = await countingProxy(guard.guard);
  namespace = await makeNamespace('permissions');
});
afterAll(async () => {
  proxy.close();
  await sandbox.stop();
});

const folder = mkdtempSync(join(tmpdir(), 'pghi-permissions-'));
const chart = ['--chart', smallChart];

interface Case {
  readonly command: CommandName;
  readonly words?: readonly string[];
  readonly extras?: readonly Extra[];
}

/** In this order, on one release. */
const cases: readonly Case[] = [
  {
    command: 'install',
    words: ['--yes', ...chart, ...smallSize, '--read-replicas', '1', '--tls', 'self-signed'],
    extras: ['TLS'],
  },
  {command: 'list'},
  {command: 'status'},
  {command: 'endpoints'},
  {command: 'values'},
  {command: 'history'},
  {command: 'logs'},
  {command: 'doctor'},
  {command: 'top', words: ['--count', '1']},
  {command: 'export', words: ['--format', 'helm', '--to', folder, ...chart]},
  {command: 'scale', words: ['--read-replicas', '2', '--yes', ...chart]},
  {
    command: 'scale',
    words: ['--read-replicas', '1', '--delete-volumes', '--confirm', 'orders', '--yes', ...chart],
    extras: ['volumes'],
  },
  {
    command: 'set',
    words: ['--backup-schedule', '0 3 * * *', '--postgres-config', 'work_mem=8MB', '--yes', ...chart],
    extras: ['backups'],
  },
  {command: 'set', words: ['--backup-schedule', 'off', '--yes', ...chart], extras: ['backups']},
  {command: 'resize', words: ['--memory', '320Mi', '--storage-size', '2Gi', '--yes', ...chart], extras: ['disks']},
  {command: 'upgrade', words: ['--image-tag', '17-bookworm', '--yes', ...chart]},
  {command: 'rollback', words: ['--yes', ...chart]},
  {command: 'restart', words: ['--yes', ...chart]},
  {command: 'rotate-password', words: ['--yes']},
  {command: 'switchover', words: ['--yes']},
  {command: 'recover', words: ['--yes', ...chart], extras: []},
  {command: 'uninstall', words: ['--yes']},
  {command: 'uninstall', words: ['--yes', '--delete-data', '--confirm', 'orders'], extras: ['volumes']},
];

/**
 * What a command does without, but for one thing: nobody else than psql in a pod can prove an endpoint that is only
 * reached inside the cluster.
 */
const isMissed = ({required, resource}: Right) => !required && resource !== 'pods/exec';

const named = cases.map((one) => ({...one, line: [one.command, ...(one.words ?? [])].slice(0, 3).join(' ')}));

test.for(named)('$line', {timeout: 120_000}, async ({command, words = [], extras = []}) => {
  const all = permissionsOf(command, extras);
  guard.allow(
    all.filter((one) => !isMissed(one)),
    namespace.name,
  );
  const release = command === 'list' ? [] : ['orders'];
  const env = {...sandbox.env, KUBECONFIG: proxy.kubeconfig, PGHI_HELM: helm4};
  const {code, json, stderr} = await cliJson<Result>([command, ...release, '-n', namespace.name, ...words], {env});
  const refused = guard.refused();
  expect({code, cause: json.cause ?? null}, [...refused.map(textOf), stderr].join('\n')).toEqual({
    code: 0,
    cause: null,
  });
  // Whatever else it asked for is in the table too, as something that it does without.
  const missed = all.filter(isMissed);
  expect(refused.filter((one) => !permits(missed, one, namespace.name)).map(textOf)).toEqual([]);
});
