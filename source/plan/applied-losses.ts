// What a release that kubectl applied would lose, beyond what a release of helm's would: nobody has its values, so what
// they decide is compared in what runs.
import {settingsConfigMap} from '../chart/names.ts';
import {canonical} from '../chart/same-values.ts';
import {at, isObject, objectAt, textAt, type Path, type Values} from '../chart/tree.ts';
import type {Revision} from '../observation/snapshot.ts';
import {inEach} from './adoption-losses.ts';
import {envOf} from './applied-objects.ts';
import {databaseContainer} from './manifests.ts';

/** The description of a record that was written for what kubectl applied. */
export const recordedAsApplied = 'Recorded as kubectl applied it';

export function isRecordedAsApplied(newest: Pick<Revision, 'description'> | null): boolean {
  return newest?.description === recordedAsApplied;
}

/** Variables that the installer decides itself, or that only say how the image is told something. */
const decidedHere: ReadonlySet<string> = new Set([
  'BITNAMI_DEBUG',
  'POSTGRES_CLUSTER_APP_NAME',
  'POSTGRES_MASTER_HOST',
]);

/** Chart 11 says the database by another name that the image has for it. Source: postgresql-env.sh */
const otherNames: ReadonlyMap<string, string> = new Map([['POSTGRES_DB', 'POSTGRES_DATABASE']]);

/**
 * What would be lost, such as `the variable POSTGRESQL_LOG_CONNECTIONS of StatefulSet orders-postgresql`; empty where
 * nothing would.
 * @param was what is there, as it was applied
 * @param will what helm would apply
 */
export function appliedLosses(was: string, will: string): readonly string[] {
  return [
    ...inEach('StatefulSet', was, will, setLosses),
    ...inEach('NetworkPolicy', was, will, (is, becomes) => (same(is, becomes, ['spec']) ? [] : ['the rules'])),
    ...inEach('ConfigMap', was, will, configLosses),
  ];
}

function setLosses(is: Values, becomes: Values): readonly string[] {
  const spec = ['spec', 'template', 'spec'];
  const [old, fresh] = [databaseContainer(is), databaseContainer(becomes)];
  return [
    ...variables(is, becomes),
    ...(['command', 'args', 'lifecycle'] as const).filter((key) => at(old, [key]) && !same(old, fresh, [key])),
    ...labelLosses(is, becomes),
    ...(at(is, [...spec, 'securityContext', 'fsGroup']) !== at(becomes, [...spec, 'securityContext', 'fsGroup'])
      ? ['securityContext.fsGroup']
      : []),
    ...(at(old, ['securityContext', 'runAsUser']) !== at(fresh, ['securityContext', 'runAsUser'])
      ? ['securityContext.runAsUser']
      : []),
  ];
}

/** What the image is told, but for how it gets its passwords: one that is in a file is the same password. */
function variables(is: Values, becomes: Values): readonly string[] {
  const fresh = envOf(becomes);
  return [...envOf(is)].flatMap(([name, one]): string[] => {
    const value = at(one, ['value']);
    const will = fresh.get(otherNames.get(name) ?? name);
    if (typeof value !== 'string' || decidedHere.has(name) || name.includes('PASSWORD')) return [];
    if (will !== undefined && at(will, ['value']) === value) return [];
    return [`the variable ${name}`];
  });
}

function labelLosses(is: Values, becomes: Values): readonly string[] {
  const of = (set: Values, what: string) => objectAt(set, ['spec', 'template', 'metadata', what]);
  return (['labels', 'annotations'] as const).flatMap((what) =>
    Object.entries(of(is, what))
      .filter(([key, value]) => !ofChart.test(key) && of(becomes, what)[key] !== value)
      .map(([key]) => `the ${what === 'labels' ? 'label' : 'annotation'} ${key}`),
  );
}

/** Labels for version and chart, which get other values, and checksums, which follow from other objects. */
const ofChart = /^(app\.kubernetes\.io\/(version|managed-by)|helm\.sh\/chart|checksum\/.*)$/;

/** The ConfigMap of the settings is left out, because it is read and written setting by setting. */
function configLosses(is: Values, becomes: Values): readonly string[] {
  if (textAt(is, ['metadata', 'name'])?.endsWith(settingsConfigMap(''))) return [];
  return same(is, becomes, ['data']) ? [] : ['the content'];
}

/** Whether both say the same at this path; parts that are null say nothing. */
function same(one: unknown, other: unknown, path: Path): boolean {
  return canonical(meant(at(one, path))) === canonical(meant(at(other, path)));
}

function meant(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(meant);
  if (!isObject(value)) return value ?? null;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]) =>
      one === null || one === undefined ? [] : [[key, meant(one)] as const],
    ),
  );
}
