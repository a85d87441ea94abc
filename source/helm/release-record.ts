// Helm's own record of a revision: a Secret `sh.helm.release.v1.<release>.v<revision>`, read into what we need of it.
import {gunzipSync} from 'node:zlib';
import {cause, UserError} from '../core/cause.ts';
import type {Metadata} from '../observation/kubernetes.ts';
import type {HelmStatus, Revision} from '../observation/snapshot.ts';

export interface ReleaseRecord {
  readonly revision: Revision;
  /** The values as helm got them, without the chart's defaults. */
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * Far above any real record (this chart: 0.6 MB); a Secret holds at most 1 MiB, which can unpack to a thousand times
 * that.
 */
const maxBytes = 64 * 1024 * 1024;
const statuses: ReadonlySet<string> = new Set<HelmStatus>([
  'deployed',
  'failed',
  'pending-install',
  'pending-upgrade',
  'pending-rollback',
  'superseded',
  'uninstalled',
  'uninstalling',
]);

/**
 * Opens a record. `data` is the Secret's `data.release` as the API gives it: base64 of base64 of gzipped JSON (helm,
 * pkg/storage/driver/util.go). Chart, templates, notes and manifest are dropped. Throws a UserError naming the Secret
 * when
 * it cannot be read.
 */
export function decodeRelease(secret: string, data: string): ReleaseRecord {
  return recordIn(secret, unpack(secret, data));
}

/** A record with the chart's values and the manifest, which `decodeRelease` drops. */
interface WholeRecord extends ReleaseRecord {
  /** The chart's default values, which the given values override. */
  readonly chartValues: Readonly<Record<string, unknown>>;
  /** What helm applied, hooks not included. */
  readonly manifest: string;
}

/** Throws as `decodeRelease` does. */
export function decodeWhole(secret: string, data: string): WholeRecord {
  const whole = unpack(secret, data);
  const {chart, manifest} = whole;
  return {...recordIn(secret, whole), chartValues: part(part(chart)['values']), manifest: text(manifest)};
}

function recordIn(
  secret: string,
  {version, info, chart, config, apply_method: applyMethod}: Readonly<Record<string, unknown>>,
): ReleaseRecord {
  const metadata = part(part(chart)['metadata']);
  if (typeof version !== 'number' || !Number.isInteger(version)) throw corrupt(secret, 'it has no revision number');
  return {
    revision: {
      revision: version,
      status: statusOf(part(info)['status']),
      updatedAt: timeOf(part(info)['last_deployed']),
      chartName: text(metadata['name']),
      chartVersion: text(metadata['version']),
      appVersion: text(metadata['appVersion']),
      description: text(part(info)['description']),
      ...(typeof applyMethod === 'string' ? {applyMethod} : {}),
    },
    values: part(config),
  };
}

/** The manifest of a record: what helm applied, hooks not included. Throws as `decodeRelease` does. */
export function decodeManifest(secret: string, data: string): string {
  return text(unpack(secret, data)['manifest']);
}

/**
 * What a record's labels say without opening it: revision, status and time; chart and description stay empty. Null when
 * the labels are not those of a record of helm. Source: helm 3.18 and 4.1 on a cluster.
 */
export function lightRevision({labels = {}, creationTimestamp}: Metadata): Revision | null {
  const revision = Number(labels['version']);
  if (labels['owner'] !== 'helm' || !Number.isInteger(revision) || revision < 1) return null;
  const seconds = Number(labels['modifiedAt'] ?? labels['createdAt']);
  return {
    revision,
    status: statusOf(labels['status']),
    updatedAt: seconds > 0 ? new Date(seconds * 1000).toISOString() : (creationTimestamp ?? null),
    chartName: '',
    chartVersion: '',
    appVersion: '',
    description: '',
  };
}

function unpack(secret: string, data: string): Record<string, unknown> {
  if (data === '') throw corrupt(secret, 'it is empty');
  const packed = Buffer.from(Buffer.from(data, 'base64').toString('latin1'), 'base64');
  let record: unknown;
  try {
    // Helm reads records without gzip too: those of its first versions.
    const plain = packed[0] === 0x1f && packed[1] === 0x8b ? gunzipSync(packed, {maxOutputLength: maxBytes}) : packed;
    record = JSON.parse(plain.toString('utf8'));
  } catch (error) {
    // Only the kind of a parse error is reported, because its message quotes the content.
    throw corrupt(secret, error instanceof SyntaxError ? 'it is not JSON' : 'it cannot be unpacked');
  }
  if (!isObject(record)) throw corrupt(secret, 'it is not a release');
  return record;
}

function corrupt(secret: string, why: string): UserError {
  const [, release = '', revision = ''] = /^sh\.helm\.release\.v1\.(.+)\.v(\d+)$/.exec(secret) ?? [];
  const what =
    release === ''
      ? `Helm's record in Secret ${secret}`
      : `Helm's record of ${release}, revision ${revision} (Secret ${secret})`;
  return new UserError(
    cause('NOT_OURS', `${what} cannot be read: ${why}.`, {
      object: {kind: 'Secret', namespace: null, name: secret},
      remedies: [{title: 'Look at the Secret; without it helm falls back to the revision before'}],
    }),
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function part(value: unknown): Record<string, unknown> {
  return isObject(value) ? value : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function statusOf(value: unknown): HelmStatus {
  return typeof value === 'string' && statuses.has(value) ? (value as HelmStatus) : 'unknown';
}

/** Go's times have nanoseconds and any zone; ours are ISO 8601 in UTC. */
function timeOf(value: unknown): string | null {
  const milliseconds = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(milliseconds) ? null : new Date(milliseconds).toISOString();
}
