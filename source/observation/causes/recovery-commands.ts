// Commands that save a database while a pod still has it. Each was run as it stands on Kubernetes 1.34 with chart
// 16.7.26.
import {kubectl, kubectlHere} from '../../commands/kubectl.ts';
import type {Remedy} from '../../core/cause.ts';
import {quoted} from '../../core/shell.ts';
import {claimOfPod, databaseContainer, isGivenClaim, objectNames, readerOfPod} from '../../chart/names.ts';
import {viewOf} from '../release-view.ts';
import type {Snapshot} from '../snapshot.ts';

/** Chart 16.7.26: auth.usePasswordFiles mounts the Secret there, whatever the image. */
const password = 'PGPASSWORD=$(cat /opt/bitnami/postgresql/secrets/postgres-password)';
/** Official images and Bitnami's keep the programs in different folders. */
const path = 'PATH=$PATH:/opt/bitnami/postgresql/bin';

/** All databases and roles, into a file of the folder where the command is run. */
export function dumpFrom(snapshot: Snapshot, pod: string): string {
  const script = `${path} ${password} pg_dumpall -h 127.0.0.1 -U postgres`;
  const file = quoted(`${snapshot.target.release}-${pod}.sql`);
  return `${kubectlHere(snapshot.target, 'exec', pod, '-c', databaseContainer, '--', 'sh', '-c', script)} > ${file}`;
}

/** Says which databases there are and how large, so that an empty one is told from a full one. */
export function databasesIn(snapshot: Snapshot, pod: string): string {
  const script =
    `${path} ${password} psql -h 127.0.0.1 -U postgres -c "select datname, ` +
    'pg_size_pretty(pg_database_size(datname)) from pg_database"';
  return kubectlHere(snapshot.target, 'exec', pod, '-c', databaseContainer, '--', 'sh', '-c', script);
}

/** Statements of the administrator, run in order. They hold neither quotes nor a backslash; text is in $$. */
export function superuserQuery(snapshot: Snapshot, pod: string, ...statements: readonly string[]): string {
  const commands = statements.map((statement) => `-c "${statement.replaceAll('$', '\\$')}"`).join(' ');
  const script = `${path} ${password} psql -X -h 127.0.0.1 -U postgres -d postgres ${commands}`;
  return kubectlHere(snapshot.target, 'exec', pod, '-c', databaseContainer, '--', 'sh', '-c', script);
}

/** Restores the file of `dumpFrom` into the server of another pod. psql reports roles and databases that exist. */
export function restoreInto(snapshot: Snapshot, pod: string, from: string): string {
  const script = `${path} ${password} psql -X -q -h 127.0.0.1 -U postgres -d postgres`;
  const file = quoted(`${snapshot.target.release}-${from}.sql`);
  const exec = kubectlHere(snapshot.target, 'exec', '-i', pod, '-c', databaseContainer, '--', 'sh', '-c', script);
  return `${exec} < ${file}`;
}

/** Retain: the volume and what is on it stay when its claim goes. */
export function retain(snapshot: Snapshot, volume: string): string {
  return kubectl(snapshot.target, 'patch', 'pv', volume, '-p', '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}');
}

/** The volume then waits for a new claim of the same name, and takes no other. */
export function releaseClaim(snapshot: Snapshot, volume: string): string {
  return kubectl(
    snapshot.target,
    'patch',
    'pv',
    volume,
    '--type',
    'merge',
    '-p',
    '{"spec":{"claimRef":{"uid":null,"resourceVersion":null}}}',
  );
}

/**
 * Writes an object to a file of its name, in the folder where the command is run, so that it can be created once more:
 * without what only the earlier object had. A claim with those annotations would count as lost to its volume. Source:
 * Kubernetes 1.34, pkg/controller/volume/persistentvolume, syncBoundClaim.
 */
export function saveObject(snapshot: Snapshot, kind: 'secret' | 'pvc', name: string): string {
  const own = 'uid|resourceVersion|creationTimestamp|deletionTimestamp|deletionGracePeriodSeconds';
  const kept = `grep -vE '^  (${own}):|pv\\.kubernetes\\.io/(bind-completed|bound-by-controller)'`;
  return `${kubectlHere(snapshot.target, 'get', kind, name, '-o', 'yaml')} | ${kept} > ${name}.yaml`;
}

/** Creates it from that file. It is not validated: the API server gave it, and a sandbox has no schemas. */
export function createSaved(snapshot: Snapshot, name: string): string {
  return kubectlHere(snapshot.target, 'create', '--validate=false', '-f', `${name}.yaml`);
}

/**
 * The pod stops, its claim goes, and a new claim takes the same volume. Were the pod deleted instead, its StatefulSet
 * would have a new, empty volume made. A claim that was given is made again by the command.
 */
export function recreateClaim(snapshot: Snapshot, pod: string, volume: string): Remedy {
  const {writer, reader} = objectNames(snapshot.target);
  const ordinal = readerOfPod(snapshot.target, pod);
  const [set, below, all] = ordinal === null ? [writer, 0, 1] : [reader, ordinal, viewOf(snapshot).desiredReaders];
  const claim = claimOfPod(snapshot.target, pod);
  const isGiven = isGivenClaim(snapshot.target, pod);
  const scale = (replicas: number) =>
    kubectlHere(snapshot.target, 'scale', 'statefulset', set, `--replicas=${replicas}`);
  return {
    title: `Have a new claim made on the same volume; ${pod} is away meanwhile, for some seconds`,
    command: [
      retain(snapshot, volume),
      ...(isGiven ? [saveObject(snapshot, 'pvc', claim)] : []),
      scale(below),
      kubectlHere(snapshot.target, 'wait', '--for=delete', `pvc/${claim}`, '--timeout=5m'),
      releaseClaim(snapshot, volume),
      ...(isGiven ? [createSaved(snapshot, claim)] : []),
      scale(all),
    ].join(' && '),
  };
}
