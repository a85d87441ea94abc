// Helm's history of a release, as helm keeps it: one Secret a revision.
import {imageTagOf} from '../chart/image.ts';
import {decodeManifest, decodeRelease, lightRevision} from '../helm/release-record.ts';
import type {Metadata} from '../observation/kubernetes.ts';
import type {ReleaseState, Revision, Target} from '../observation/snapshot.ts';
import type {Api} from './api.ts';
import {paths} from './paths.ts';
import {readWithoutRecord} from './steering.ts';

type Place = Pick<Target, 'namespace' | 'release'>;

export interface ReleaseSecret {
  readonly metadata: Metadata;
  readonly data?: {readonly release?: string};
}

/** A record is immutable except for its status, so its resourceVersion identifies its content. */
const decoded = new Map<string, ReturnType<typeof decodeRelease>>();

const nothing: ReleaseState = {revisions: [], values: null};

/** The release as helm has recorded it, or else as the tool that steers it (Argo CD or Flux) has it. */
export async function readRelease(api: Api, target: Place): Promise<ReleaseState> {
  const recorded = await readRecorded(api, target);
  const elsewhere = (namespace: string) => readRecorded(api, {...target, namespace});
  return recorded ?? (await readWithoutRecord(api, target, elsewhere)) ?? nothing;
}

/**
 * All revisions, read from their metadata; only the newest is opened, because it says what the release is made of.
 * Null: helm has recorded none.
 */
export async function readRecorded(api: Api, target: Place): Promise<ReleaseState | null> {
  const records = await listRecords(api, target.namespace, target.release);
  const newest = records.at(-1);
  if (!newest) return null;
  const opened = await open(api, newest.metadata);
  if (!opened) return readRecorded(api, target);
  return {
    revisions: [...records.slice(0, -1).flatMap(({metadata}) => lightRevision(metadata) ?? []), opened.revision],
    values: opened.values,
  };
}

export interface PastRevision extends Revision {
  /** The tag in the revision's values, which the chart's appVersion does not tell; null: the values name none. */
  readonly imageTag: string | null;
}

/** All revisions, each opened: slower, for people who ask for the history. */
export async function readHistory(api: Api, target: Place): Promise<PastRevision[]> {
  const records = await listRecords(api, target.namespace, target.release);
  const opened = await Promise.all(records.map(({metadata}) => open(api, metadata)));
  return opened.flatMap((one) => (one ? [{...one.revision, imageTag: imageTagOf(one.values)}] : []));
}

/** One revision, with its values; null when helm does not remember it. */
export async function readRevision(api: Api, target: Target, revision: number) {
  const record = (await listRecords(api, target.namespace, target.release)).find(
    ({metadata}) => revisionOf(metadata) === revision,
  );
  return record ? open(api, record.metadata) : null;
}

/** What helm applied in the newest revision; empty when there is none. */
export async function readManifest(api: Api, {namespace, release}: Target): Promise<string> {
  const newest = (await listRecords(api, namespace, release)).at(-1)?.metadata.name;
  const secret = newest ? await api.find<ReleaseSecret>(`${paths.secrets(namespace)}/${newest}`) : null;
  return newest && secret ? decodeManifest(newest, secret.data?.release ?? '') : '';
}

/** Metadata of helm's records, oldest revision first. */
export async function listRecords(api: Api, namespace: string, release: string) {
  const {items} = await api.listMetadata(paths.secrets(namespace), {labelSelector: `name=${release},owner=helm`});
  return [...items].sort((a, b) => revisionOf(a.metadata) - revisionOf(b.metadata));
}

/** @returns null when the record was removed in the meantime. */
export async function open(api: Api, {namespace, name, uid, resourceVersion}: Metadata) {
  const key = `${uid}/${resourceVersion}`;
  const known = decoded.get(key);
  if (known) return known;
  const secret = await api.find<ReleaseSecret>(`${paths.secrets(namespace ?? 'default')}/${name}`);
  if (!secret) return null;
  const record = decodeRelease(name, secret.data?.release ?? '');
  decoded.set(key, record);
  return record;
}

function revisionOf({labels}: Metadata): number {
  return Number(labels?.['version'] ?? 0);
}
