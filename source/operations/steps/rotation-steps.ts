// The steps of a rotation of passwords, in an order in which one of two known passwords works at every moment: the new
// ones are written down, then the server gets them, then clients are told, and the earlier ones are dropped last.
import {setTimeout as pause} from 'node:timers/promises';
import {cause, UserError, type CauseCode} from '../../core/cause.ts';
import {objectNames} from '../../chart/names.ts';
import {passwordKeysOf} from '../../chart/secret-keys.ts';
import {rotationAnnotation} from '../../chart/own-marks.ts';
import {listed, object} from '../../observation/checks/messages.ts';
import {incarnationOf, isRunning} from '../../observation/pods/pod-template.ts';
import type {Pod} from '../../observation/kubernetes.ts';
import {exportersIn} from '../../observation/metrics-role.ts';
import {isReady, viewOf} from '../../observation/release-view.ts';
import {rotationIn} from '../../observation/rotation.ts';
import type {PasswordOf, Snapshot} from '../../observation/snapshot.ts';
import {usernamesOf, usersOf} from '../../plan/rotation.ts';
import {rethrowUnlessRefused, type Step} from '../converge.ts';
import type {Ports} from '../ports/index.ts';
import type {Login} from '../ports/database.ts';
import type {ChangingPasswords, ChartSecret, StoredRotation} from '../ports/secret.ts';
import {assertDataStays} from '../storage-guard.ts';
import {endpoints, readers} from './install-steps.ts';
import {exportersGetPassword, exportersRead} from './metrics-steps.ts';

export interface DesiredRotation {
  /** When the rotation was begun, ISO 8601, as the Lease and the Secret have it. */
  readonly id: string;
  readonly roles: readonly PasswordOf[];
  readonly username: string;
  /** The new passwords; empty where they are written down already. */
  readonly next: ChangingPasswords;
  readonly readReplicaCount: number;
  /** Incarnations of pods that have the new passwords. */
  readonly followed: Set<string>;
  /** Pods that were restarted to take the new passwords. */
  readonly restarted: Set<string>;
}

type RotationStep = Step<DesiredRotation>;

/** A kubelet refreshes files about once a minute; it is asked to do so at once. */
const filesMs = 180_000;
/** A reader knows a new password when it has replayed it. */
const replayMs = 30_000;
const everyMs = 250;

/** @param chartSecret that of the chart, where it has one of these passwords */
export function rotationSteps(
  snapshot: Snapshot,
  roles: readonly PasswordOf[],
  chartSecret: ChartSecret | null,
): readonly RotationStep[] {
  const {writerPod, readerPods} = viewOf(snapshot);
  const replicates = roles.includes('replication');
  const {follow: exporters} = roles.includes('metrics') ? exportersIn(snapshot) : {follow: []};
  return [
    writeDown,
    change,
    ...(chartSecret?.heldBy === null ? [chartSecretFollows(chartSecret)] : []),
    ...(exporters.length > 0 ? [exportersGetPassword(exporters)] : []),
    ...(writerPod ? [follow(writerPod.metadata.name, false)] : []),
    ...readerPods.map(({metadata}) => follow(metadata.name, replicates)),
    ...(exporters.length > 0 ? [exportersRead()] : []),
    prove,
    ...(replicates ? [readers] : []),
    endpoints,
  ];
}

const writeDown: RotationStep = {
  name: 'new passwords in the Secret, beside those that are',
  done: ({secret}, {id}) => secret?.rotation === id,
  async run(ports, {id, next}) {
    await ports.writeNext(id, next);
    return null;
  },
};

/** Runs again where it was interrupted in between: the server then takes the same passwords once more. */
const change: RotationStep = {
  name: 'the server has them, and clients are told',
  shownAs: {track: 'writer', text: 'it gets new passwords'},
  done: (snapshot) => rotationIn(snapshot).next.length === 0,
  async run(ports, {username}) {
    const stored = await requireRotation(ports);
    const logins = loginsOf(username, stored.next);
    if (logins.length === 0) return null;
    // Where the administrator's password changes, the server may have the new one already.
    const known = [stored.current.admin, stored.next.admin].filter((one) => one !== undefined);
    for (const admin of known) {
      const {is, text} = await ports.changePasswords(logins, admin);
      if (is === 'failed') throw notTaken(ports, text);
      if (is === 'refused') continue;
      // Clients wait for this, so it is one request, prepared before.
      await ports.promoteNext(stored);
      return null;
    }
    throw adminRefused(ports);
  },
};

/** Comes before the earlier passwords are dropped, so that a run that goes on after an interruption does it too. */
function chartSecretFollows({name}: ChartSecret): RotationStep {
  let isWritten = false;
  return {
    name: `the Secret ${name} has them too`,
    done: (snapshot) => isWritten || rotationIn(snapshot).previous.length === 0,
    async run(ports, {roles}) {
      const {current} = await requireRotation(ports);
      await ports.writeChartSecret(pick(current, roles));
      isWritten = true;
      return `The Secret ${name}, which the chart made before ${ports.target.release} was adopted, has them too.`;
    },
  };
}

/** @param streams whether the pod is a reader, which has to stream with the new password */
function follow(name: string, streams: boolean): RotationStep {
  const podIn = ({pods}: Snapshot) => pods.find(({metadata}) => metadata.name === name) ?? null;
  return {
    name: `${name} has them`,
    shownAs: {track: streams ? 'readers' : 'writer', text: `${name} gets the new passwords`},
    done(snapshot, {followed}) {
      const pod = podIn(snapshot);
      // A pod that does not run reads the passwords when it starts.
      if (!streams && (!pod || !isRunning(pod))) return true;
      if (!pod || !followed.has(incarnationOf(pod))) return false;
      return !streams || (isReady(pod) && isStreaming(snapshot, name));
    },
    holdBack(snapshot, {followed}) {
      const pod = podIn(snapshot);
      if (!pod || pod.metadata.deletionTimestamp || !isRunning(pod)) return 'its pod is being made';
      return followed.has(incarnationOf(pod)) ? 'it is to stream again' : null;
    },
    async run(ports, desired, snapshot, signal) {
      const pod = podIn(snapshot);
      if (!pod?.metadata.uid) return null;
      const {current} = await requireRotation(ports);
      await filesArrive(ports, pod, desired, current, signal);
      const restart = streams ? await whyRestart(ports, name, current, signal) : null;
      if (restart === null || desired.restarted.has(name)) {
        desired.followed.add(incarnationOf(pod));
        return null;
      }
      await assertDataStays(ports, snapshot, name);
      await ports.deletePod({name, uid: pod.metadata.uid});
      desired.restarted.add(name);
      return `${name} was restarted to take the new password: ${restart}.`;
    },
  };
}

function isStreaming(snapshot: Snapshot, name: string): boolean {
  return viewOf(snapshot).streams.some(({pod, state}) => pod === name && state === 'streaming');
}

/**
 * Waits until the pod has the files of the Secret: with older ones, a container that restarts in the pod would be kept
 * out.
 */
async function filesArrive(
  ports: Ports,
  {metadata: {name, uid = ''}}: Pod,
  {roles, id}: DesiredRotation,
  current: ChangingPasswords,
  signal: AbortSignal,
): Promise<void> {
  // Any change of a pod makes its kubelet look at once. A user who may not change it waits for a minute.
  const patch = {labels: {}, annotations: {[rotationAnnotation]: id}, containers: [], resources: []};
  await ports.patchPod({name, uid}, patch).catch(rethrowUnlessRefused);
  const why = await until(ports, filesMs, signal, async () => {
    const [files] = await ports.mountedPasswords(name);
    if (!files) return null;
    if (files.failure !== null) return files.failure;
    const old = roles.filter((role) => files[role].length > 0 && !files[role].includes(current[role] ?? ''));
    return old.length === 0 ? null : `${listed(old.map((role) => passwordKeysOf(ports.target)[role]))} as before`;
  });
  if (why !== null)
    throw failed(
      ports,
      'TIMEOUT',
      `The new passwords did not get into the files of ${name} in ${filesMs / 1000} s`,
      why,
    );
}

/** @returns why the reader has to restart to stream with the new password; null: it does so as it is */
async function whyRestart(
  ports: Ports,
  name: string,
  {admin = '', replication = ''}: ChangingPasswords,
  signal: AbortSignal,
): Promise<string | null> {
  let restart: string | null = null;
  const why = await until(ports, replayMs, signal, async () => {
    const answer = await ports.followPassword(name, {admin, replication});
    restart = answer.is === 'needs a restart' ? answer.text : null;
    return answer.is === 'unknown' ? answer.text : null;
  });
  if (why === null) return restart;
  throw failed(ports, 'ENDPOINT_UNPROVEN', `${name} could not be given the new password that it streams with`, why);
}

/** @returns null as soon as `problem` finds none, else the last one when time is up */
async function until(
  ports: Ports,
  forMs: number,
  signal: AbortSignal,
  problem: () => Promise<string | null>,
): Promise<string | null> {
  const end = ports.now() + forMs;
  for (;;) {
    const found = await problem();
    if (found === null || signal.aborted || ports.now() >= end) return found;
    await pause(everyMs, undefined, {signal}).catch(() => undefined);
  }
}

const prove: RotationStep = {
  name: 'a login with each, and a refusal of the earlier ones',
  done: (snapshot) => rotationIn(snapshot).previous.length === 0,
  async run(ports, {username, roles}) {
    const {current, previous} = await requireRotation(ports);
    for (const {username: user, password} of loginsOf(username, pick(current, roles))) {
      const {is, text} = await ports.tryLogin({username: user, password});
      if (is === 'wrong')
        throw failed(ports, 'PASSWORD_MISMATCH', `The database refuses the new password of ${user}`, text);
      if (is === 'unknown') throw failed(ports, 'ENDPOINT_UNPROVEN', `The new password of ${user} is not proven`, text);
    }
    const earlier = loginsOf(username, previous).filter(
      ({username: user, password}) =>
        !loginsOf(username, current).some((one) => one.username === user && one.password === password),
    );
    for (const {username: user, password} of earlier) {
      const {is, text} = await ports.tryLogin({username: user, password});
      if (is !== 'wrong')
        throw failed(ports, 'ENDPOINT_UNPROVEN', `That the earlier password of ${user} is refused is not proven`, text);
    }
    await ports.dropPrevious();
    return (
      `New passwords of ${usersOf(username, roles, ports.target)}: each was proven by a login, and the earlier ones ` +
      'are refused.'
    );
  },
};

/** Each user of the database once. */
export function loginsOf(username: string, passwords: ChangingPasswords): readonly Login[] {
  const names = usernamesOf(username);
  const found = new Map<string, string>();
  for (const role of Object.keys(names) as PasswordOf[]) {
    const password = passwords[role];
    if (password !== undefined) found.set(names[role], password);
  }
  return [...found].map(([user, password]) => ({username: user, password}));
}

function pick(passwords: ChangingPasswords, roles: readonly PasswordOf[]): ChangingPasswords {
  return Object.fromEntries(Object.entries(passwords).filter(([role]) => roles.includes(role as PasswordOf)));
}

async function requireRotation(ports: Ports): Promise<StoredRotation> {
  const stored = await ports.rotation();
  if (stored) return stored;
  throw failed(ports, 'SECRET_MALFORMED', `The Secret ${objectNames(ports.target).secret} is gone`, '');
}

function notTaken(ports: Ports, text: string): UserError {
  return failed(
    ports,
    'ENDPOINT_UNPROVEN',
    'The writer did not take the new passwords, and those that were still hold',
    text,
  );
}

function adminRefused(ports: Ports): UserError {
  return failed(ports, 'PASSWORD_MISMATCH', 'The writer refuses every password of postgres that the Secret has', '');
}

function failed({target}: Ports, code: CauseCode, message: string, evidence: string): UserError {
  return new UserError(
    cause(code, `${message}. No password is lost: the Secret has the new and the earlier ones.`, {
      object: object('Secret', target, objectNames(target).secret),
      evidence: evidence === '' ? [] : [evidence],
      remedies: [{title: 'Run the same command again: it goes on where it is', again: true}],
    }),
  );
}
