// What a release is at the end of an operation that was killed: whole, with every row that was acknowledged, and with
// nothing left over.
import {kubectlJson} from '../support/clusters/namespace.ts';
import {readerPod, writerPod, type OperatedRelease} from '../support/clusters/operated-release.ts';
import {missingRows, steadyTable} from '../support/clusters/steady-writer.ts';
import {waitFor} from '../support/wait-for.ts';

/** What must be there, and nothing else. */
export interface Whole {
  /** Null: no release, only what `objects` names. */
  readonly readers: number | null;
  /** `Kind/name` of objects that a release with so many readers would not have by itself. */
  readonly objects?: readonly string[];
  /** Objects that may be there, or not. */
  readonly may?: RegExp;
  /** The writer's pod, where plain helm made the release; left out for a release of ours. */
  readonly writer?: string;
  /** Objects of the operator's own: the writer's claim, and the Secret with the passwords. */
  readonly writerClaim?: string;
  readonly secret?: string;
}

interface Listed {
  readonly kind: string;
  readonly type?: string;
  readonly metadata: {readonly name: string; readonly finalizers?: readonly string[]};
  readonly status?: {readonly phase?: string};
}

/** The kinds that an operation of ours makes, or whose end it waits for. */
const kinds = 'pod,secret,lease,statefulset,configmap,pvc,job';

/** @returns what is not as it must be; empty where all is well */
export async function differences(
  release: OperatedRelease,
  whole: Whole,
  rows: readonly number[],
): Promise<readonly string[]> {
  const found = [...(await objectProblems(release, whole)), ...(await stateProblems(release, whole))];
  return whole.readers === null ? found : [...found, ...(await databaseProblems(release, whole, rows))];
}

function databasePods({readers, writer = writerPod}: Whole): readonly string[] {
  return [writer, ...Array.from({length: readers ?? 0}, (_, ordinal) => readerPod(ordinal))];
}

function expectedObjects(whole: Whole): readonly string[] {
  const {readers, objects = [], secret = 'orders-postgresql-auth', writerClaim} = whole;
  if (readers === null) return [...objects].sort();
  const pods = databasePods(whole);
  return [
    ...pods.flatMap((pod, index) => [
      `Pod/${pod}`,
      `PersistentVolumeClaim/${index === 0 && writerClaim ? writerClaim : `data-${pod}`}`,
    ]),
    ...[`Secret/${secret}`, 'StatefulSet/orders-postgresql-read'],
    `StatefulSet/${pods[0]?.replace(/-0$/, '')}`,
    ...objects,
  ].sort();
}

/** Objects that are left over or missing, and claims that still have a guard. */
async function objectProblems({namespace}: OperatedRelease, whole: Whole): Promise<readonly string[]> {
  const isOurs = ({kind, type, metadata: {name}}: Listed) =>
    !(kind === 'Secret' && type === 'helm.sh/release.v1') && name !== 'kube-root-ca.crt';
  // What a Job has left behind does not count, nor do pods that have ended.
  const hasEnded = ({kind, status}: Listed) => kind === 'Job' || (kind === 'Pod' && status?.phase === 'Succeeded');
  const look = async () => {
    const {items} = await kubectlJson<{items: Listed[]}>(['-n', namespace.name, 'get', kinds]);
    const names = items
      .filter((one) => isOurs(one) && !hasEnded(one))
      .map(({kind, metadata}) => `${kind}/${metadata.name}`);
    const guarded = items.filter(({metadata}) => metadata.finalizers?.some((one) => one.startsWith('pg-helm-install')));
    return [...names, ...guarded.map(({metadata}) => `${metadata.name} has a guard still`)].sort();
  };
  const wanted = expectedObjects(whole);
  const looked = async () => (await look()).filter((one) => wanted.includes(one) || !whole.may?.test(one));
  const seen = await soon(looked, (names) => names.join() === wanted.join());
  const [left, missing] = [seen.filter((one) => !wanted.includes(one)), wanted.filter((one) => !seen.includes(one))];
  return [...left.map((one) => `left over: ${one}`), ...missing.map((one) => `missing: ${one}`)];
}

async function stateProblems(release: OperatedRelease, {readers}: Whole): Promise<readonly string[]> {
  const look = async () => {
    const {state, operation, helmStatus, cause} = await release.read<Record<string, unknown>>('status');
    return JSON.stringify(readers === null ? {state} : {state, operation, helmStatus, cause});
  };
  const wanted = JSON.stringify(
    readers === null ? {} : {state: 'ready', operation: null, helmStatus: 'deployed', cause: null},
  );
  const seen = await soon(look, (said) => said === wanted);
  return seen === wanted ? [] : [`status: ${seen}`];
}

/** One writer; each database has each row. */
async function databaseProblems(
  release: OperatedRelease,
  whole: Whole,
  rows: readonly number[],
): Promise<readonly string[]> {
  const ofTable = rows.length === 0 ? '' : ` union all select n::text from ${steadyTable}`;
  const problems = databasePods(whole).map(async (pod, index) => {
    const look = () => release.ask(pod, `select pg_is_in_recovery()::text${ofTable}`).catch(String);
    const wrong = (said: string) => {
      const missing = missingRows(rows, said);
      const isReader = index > 0;
      if (!said.startsWith(String(isReader))) return [`${pod}: ${said.split('\n')[0]}, which is not ${isReader}`];
      return missing.length === 0 ? [] : [`${pod} lacks ${missing.length} rows: ${missing.slice(0, 5).join()} …`];
    };
    return wrong(await soon(look, (said) => wrong(said).length === 0));
  });
  return (await Promise.all(problems)).flat();
}

/** What was seen last, where it does not become right in time. */
async function soon<Seen>(look: () => Promise<Seen>, isRight: (seen: Seen) => boolean): Promise<Seen> {
  let last: Seen | undefined;
  const looked = async () => (last = await look());
  return waitFor('a whole release', looked, isRight, {deadlineMs: 20_000, everyMs: 500}).catch((error: unknown) => {
    if (last === undefined) throw error;
    return last;
  });
}
