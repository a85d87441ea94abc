// The parameters of an earlier revision, as far as they can come back, and what does not come back.
import {bytesOf, formatBytes} from '../parameters/quantity.ts';
import {readerOfClaim} from '../chart/names.ts';
import {descriptors, type Parameters} from '../parameters/parameters.ts';
import {diskSizesOf, keptOfReaders, type DiskSizes} from '../parameters/readers.ts';
import type {Snapshot} from '../observation/snapshot.ts';
import {desiredClaims} from '../observation/storage.ts';
import type {ChangeConsequence} from './change-facts.ts';

interface Rollback {
  readonly parameters: Parameters;
  readonly preface: readonly ChangeConsequence[];
}

/** Who the data belongs to, and the class of the volumes, never change; a volume never shrinks. */
export function rollBack(revision: number, old: Parameters, existing: Parameters, snapshot: Snapshot): Rollback {
  const {username, database, storageClass} = existing;
  const [was, is] = [diskSizesOf(old), diskSizesOf(existing)];
  const claims = claimsOf(old, snapshot);
  const storageSize = largest([was.writer, is.writer, ...claims.writer]);
  const ofReader = largest([was.readers, is.readers, ...claims.readers]);
  const readers = keptOfReaders({...old.readers, storageSize: ofReader}, ofReader === storageSize ? {storageSize} : {});
  const parameters = {...old, username, database, storageClass, storageSize, readers};
  return {parameters, preface: preface(revision, old, existing, parameters, snapshot)};
}

function preface(
  revision: number,
  old: Parameters,
  existing: Parameters,
  desired: Parameters,
  {target}: Snapshot,
): ChangeConsequence[] {
  const back = differing(existing, desired);
  if (back.length === 0) return [];
  const smaller = bytesOf(old.storageSize) < bytesOf(desired.storageSize);
  return [
    {
      code: 'DATA_KEPT',
      object: `Release/${target.release}`,
      sentence:
        `What revision ${revision} wanted comes back: ${back.join('; ')}. The data stays as it is now, with what ` +
        'was written since, and so do the passwords.',
    },
    ...(smaller
      ? [
          {
            code: 'DATA_KEPT' as const,
            object: `Release/${target.release}`,
            sentence:
              `The volumes keep their ${desired.storageSize}: revision ${revision} had ${old.storageSize}, and a ` +
              'volume never shrinks.',
          },
        ]
      : []),
  ];
}

/** `memory 1Gi instead of 2Gi`. */
function differing(is: Parameters, will: Parameters): string[] {
  const [before, after]: readonly Readonly<Record<string, unknown>>[] = [is, will];
  const plain = descriptors
    .filter((one) => isPlain(one) && !one.isSame(before?.[one.key], after?.[one.key]))
    .map((one) => `${inSentence(one.label)} ${one.show(after?.[one.key])} instead of ${one.show(before?.[one.key])}`);
  const image = ({images: {source, tag, digest}}: Parameters) => `${source} ${digest ?? tag}`;
  return [
    ...(image(is) === image(will) ? [] : [`image ${image(will)} instead of ${image(is)}`]),
    ...plain,
    ...(JSON.stringify(is.allowFrom) === JSON.stringify(will.allowFrom) ? [] : ['whom the load balancer lets in']),
    ...(is.images.pullSecret === will.images.pullSecret
      ? []
      : [`pull secret ${will.images.pullSecret ?? 'none'} instead of ${is.images.pullSecret ?? 'none'}`]),
    ...(JSON.stringify(is.extraValues) === JSON.stringify(will.extraValues) ? [] : ['the extra values']),
  ];
}

/** Parameters whose whole value is shown; the others are told of in `differing`, or elsewhere in the plan. */
function isPlain({inFile, key}: (typeof descriptors)[number]): boolean {
  return inFile === 'text' || key === 'allowNamespaces' || key === 'readers';
}

/** Words in capitals stay. */
function inSentence(label: string): string {
  return /^[A-Z][a-z]/.test(label) ? label.charAt(0).toLowerCase() + label.slice(1) : label;
}

function claimsOf({readReplicaCount}: Parameters, snapshot: Snapshot): Record<keyof DiskSizes, readonly string[]> {
  const claims = desiredClaims(snapshot, readReplicaCount);
  const of = (isReader: boolean) =>
    claims
      .filter(({metadata}) => (readerOfClaim(snapshot.target, metadata.name) !== null) === isReader)
      .flatMap(({spec}) => spec.resources?.requests?.['storage'] ?? []);
  return {writer: of(false), readers: of(true)};
}

/** The largest size, as it was written where it is one of them. */
function largest(sizes: readonly string[]): string {
  const max = Math.max(...sizes.map(bytesOf));
  return sizes.find((size) => bytesOf(size) === max) ?? formatBytes(max);
}
