// The volumes of a pod as folders of this machine: claims, empty folders, and files from Secrets, ConfigMaps and the
// pod itself.
import {chmod, mkdir, readdir, rename, rm, stat, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import type {KubeObject} from '../../store/objects.ts';
import type {VolumeFolders} from '../../parts.ts';
import {fieldOf, type Lookup} from '../environment.ts';
import {specOf, type Container, type FileSource, type Volume} from '../pod.ts';
import type {RunsAs} from '../process/runs-as.ts';
import type {Mount} from './mounts.ts';

export interface VolumeContext {
  readonly volumes: VolumeFolders;
  readonly lookup: Lookup;
  readonly runsAs: RunsAs;
  /** The pod's own folder. */
  readonly folder: string;
  readonly podIP: () => string;
}

/** Why a volume is not there yet, in kubelet's words; it tries again. */
export class MountError extends Error {}

/** Volume name → folder. @throws MountError */
export async function prepareVolumes(pod: KubeObject, context: VolumeContext): Promise<Map<string, string>> {
  const folders = new Map<string, string>();
  for (const volume of specOf(pod).volumes ?? []) folders.set(volume.name, await prepare(pod, volume, context));
  return folders;
}

/** Brings the files of Secrets and ConfigMaps up to date. An object that is gone leaves its files. */
export async function refreshFiles(pod: KubeObject, context: VolumeContext): Promise<void> {
  for (const volume of specOf(pod).volumes ?? []) {
    if (isFiles(volume)) await writeFiles(pod, volume, context).catch(() => undefined);
  }
}

/** Whether a change of that object changes a file of the pod. */
export function usesObject(pod: KubeObject, kind: string, name: string): boolean {
  return (specOf(pod).volumes ?? [])
    .flatMap(sourcesOf)
    .some(({secret, configMap}) =>
      kind === 'Secret' ? (secret?.secretName ?? secret?.name) === name : configMap?.name === name,
    );
}

/** Makes the sub-folders that mounts ask for. */
export async function mountsOf(
  container: Container,
  folders: ReadonlyMap<string, string>,
  runsAs: RunsAs,
): Promise<Mount[]> {
  const mounts: Mount[] = [];
  for (const {name, mountPath, subPath} of container.volumeMounts ?? []) {
    const top = folders.get(name);
    if (top === undefined) continue;
    const folder = subPath ? join(top, subPath) : top;
    if (subPath) await makeOwned(folder, runsAs);
    mounts.push({path: mountPath, folder});
  }
  return mounts;
}

async function prepare(pod: KubeObject, volume: Volume, context: VolumeContext): Promise<string> {
  const {volumes, runsAs} = context;
  if (volume.persistentVolumeClaim) {
    const {claimName} = volume.persistentVolumeClaim;
    const folder = volumes.folderOf(pod.metadata.namespace ?? '', claimName);
    if (folder === null)
      throw new MountError(
        `Unable to attach or mount volumes: unmounted volumes=[${volume.name}], unattached volumes=[], failed to ` +
          `process volumes=[]: persistentvolumeclaim "${claimName}" not bound`,
      );
    // A new folder is given to the pods' user; what is in it later is left alone.
    if ((await readdir(folder).catch(() => ['unreadable'])).length === 0) await runsAs.own(folder);
    return folder;
  }
  if (isFiles(volume)) return writeFiles(pod, volume, context);
  const folder = folderFor(volume, context);
  await makeOwned(folder, runsAs);
  return folder;
}

function isFiles({secret, configMap, projected, downwardAPI}: Volume): boolean {
  return Boolean(secret ?? configMap ?? projected ?? downwardAPI);
}

function sourcesOf({secret, configMap, projected, downwardAPI}: Volume): readonly FileSource[] {
  if (projected) return projected.sources ?? [];
  return [{...(secret ? {secret} : {}), ...(configMap ? {configMap} : {}), ...(downwardAPI ? {downwardAPI} : {})}];
}

/** One call at a time for a pod: in two at once, the text of one file became that of another. */
async function writeFiles(pod: KubeObject, volume: Volume, context: VolumeContext): Promise<string> {
  const folder = folderFor(volume, context);
  const wanted = new Map(sourcesOf(volume).flatMap((source) => filesOf(pod, volume.name, source, context)));
  await makeOwned(folder, context.runsAs);
  await chmod(folder, 0o700);
  // No key of a Secret or a ConfigMap begins with two dots.
  const fresh = join(folder, '..new');
  for (const [path, text] of wanted) {
    const file = join(folder, path);
    if (dirname(path) !== '.') await makeOwned(dirname(file), context.runsAs);
    await rm(fresh, {force: true});
    await writeFile(fresh, text, {mode: 0o440, flag: 'wx'});
    await context.runsAs.own(fresh);
    await rename(fresh, file);
  }
  for (const name of await readdir(folder))
    if (![...wanted.keys()].some((path) => path === name || path.startsWith(`${name}/`)))
      await rm(join(folder, name), {recursive: true});
  return folder;
}

/** Path and content. @throws MountError */
function filesOf(
  pod: KubeObject,
  volume: string,
  {secret, configMap, downwardAPI, serviceAccountToken}: FileSource,
  {lookup, podIP}: VolumeContext,
): [string, string][] {
  if (downwardAPI)
    return (downwardAPI.items ?? []).map(({path, fieldRef}) => [
      path,
      fieldOf(pod, fieldRef?.fieldPath ?? '', podIP()),
    ]);
  // A token would be of no use here: no pod of a sandbox talks to its API.
  if (serviceAccountToken) return [];
  if (secret) {
    const name = secret.secretName ?? secret.name ?? '';
    return keysOf(secret, lookup.secret(name), {volume, kind: 'secret', name});
  }
  if (!configMap) return [];
  const name = configMap.name ?? '';
  return keysOf(configMap, lookup.configMap(name), {volume, kind: 'configmap', name});
}

/** The keys that are wanted of a Secret or ConfigMap; all of them where none is named. @throws MountError */
function keysOf(
  {items, optional}: NonNullable<FileSource['secret'] | FileSource['configMap']>,
  data: Readonly<Record<string, string>> | null,
  {volume, kind, name}: {readonly volume: string; readonly kind: string; readonly name: string},
): [string, string][] {
  if (data === null) {
    if (optional || name === 'kube-root-ca.crt') return [];
    throw new MountError(`MountVolume.SetUp failed for volume "${volume}" : ${kind} "${name}" not found`);
  }
  if (!items) return Object.entries(data);
  return items.map(({key, path}) => {
    const value = data[key];
    if (value === undefined)
      throw new MountError(
        `MountVolume.SetUp failed for volume "${volume}" : references non-existent ${kind} key: ${key}`,
      );
    return [path, value];
  });
}

function folderFor({name}: Volume, {folder}: VolumeContext): string {
  return join(folder, 'volumes', name);
}

/** Makes a folder for the pods' user; one that exists keeps its owner. */
async function makeOwned(folder: string, runsAs: RunsAs): Promise<void> {
  if (await stat(folder).catch(() => null)) return;
  await mkdir(folder, {recursive: true});
  await runsAs.own(folder);
}
