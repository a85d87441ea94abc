// What others do to a release is named by `status`, and the remedy that it proposes heals the release as it is printed.
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {Cause} from '../../source/core/cause.ts';
import {OperatedRelease, readerPod, writerPod} from '../support/clusters/operated-release.ts';
import {pastingWith} from '../support/pasting.ts';
import {sampled} from '../support/clusters/sampled.ts';
import {waitFor} from '../support/wait-for.ts';

interface Shown {
  readonly state: string;
  readonly cause: Cause | null;
}

/** These commands ask a person, who says yes. */
const paste = pastingWith('--yes');
let release: OperatedRelease;
beforeAll(async () => {
  release = await OperatedRelease.install('others', ['--read-replicas', '1']);
});
afterAll(() => release.namespace.remove());

/** While the writer is away, each question to it waits for its answer. */
const limits = {deadlineMs: 120_000};
const status = () => release.read<Shown>('status');
const kubectl = (...args: readonly string[]) => release.namespace.kubectl(args);
const writerSet = 'statefulset/orders-postgresql-primary';
const readerService = 'service/orders-postgresql-read';

const faults: readonly {
  readonly what: string;
  readonly make: () => Promise<unknown>;
  readonly code: Cause['code'];
  /** Which of the remedies heals it. */
  readonly remedy: number;
}[] = [
  {
    what: 'a reader is promoted by hand',
    make: () => release.ask(readerPod(0), 'select pg_promote(true, 15)'),
    code: 'TWO_WRITERS',
    remedy: 1,
  },
  {
    what: "the writer's StatefulSet is deleted, its pod left",
    make: () => kubectl('delete', writerSet, '--cascade=orphan'),
    code: 'OBJECT_MISSING',
    remedy: 0,
  },
  {
    what: "the readers' Service is deleted",
    make: () => kubectl('delete', readerService),
    code: 'OBJECT_MISSING',
    remedy: 0,
  },
  {
    what: 'the writer is scaled to 0',
    make: () => kubectl('scale', writerSet, '--replicas=0'),
    code: 'WRITER_STOPPED',
    remedy: 0,
  },
  {
    what: "the readers' Service selects the writer",
    make: () =>
      kubectl('patch', readerService, '-p', '{"spec":{"selector":{"app.kubernetes.io/component":"primary"}}}'),
    code: 'SERVICE_MISDIRECTED',
    remedy: 0,
  },
  {
    what: 'transactions are read-only by default',
    make: async () => {
      await release.ask(writerPod, 'alter system set default_transaction_read_only = on');
      await release.ask(writerPod, 'select pg_reload_conf()');
    },
    code: 'WRITER_READ_ONLY',
    remedy: 1,
  },
  {
    what: 'a reader is told to pause',
    make: () => release.ask(readerPod(0), 'select pg_wal_replay_pause()'),
    code: 'REPLAY_PAUSED',
    remedy: 0,
  },
  {
    what: "the readers' role may not log in any more",
    make: async () => {
      await release.ask(writerPod, 'alter role repl_user nologin');
      await release.ask(writerPod, 'select pg_terminate_backend(pid) from pg_stat_replication');
    },
    code: 'READER_NOT_STREAMING',
    remedy: 0,
  },
];

// Each fault begins from what the remedy before has brought back: the order makes no difference.
test.each(sampled(faults, 4))('$what: $code', async ({make, code, remedy}) => {
  await make();
  const {cause} = await waitFor(code, status, (seen) => seen.cause?.code === code, limits);
  const command = cause?.remedies[remedy]?.command;
  expect(command, JSON.stringify(cause, null, 1)).toBeDefined();
  const {code: exit, said} = await paste(command ?? '', {PGHI_CHART: release.chart});
  expect(exit, said).toBe(0);
  expect(await waitFor('ready', status, ({state}) => state === 'ready', limits)).toMatchObject({cause: null});
});

test('an install of what is there makes again what is missing', async () => {
  await kubectl('delete', writerSet, '--cascade=orphan');
  await release.done('install', '--read-replicas', '1');
  await kubectl('get', writerSet);
  expect(await status()).toMatchObject({state: 'ready'});
});
