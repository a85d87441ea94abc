// What the values of a release say about the names of its objects, and the values that say it. Source: chart 16.7.26,
// templates/_helpers.tpl.
import {authSecret, componentLabels, fullnameOf, fullnameOfSecret, type GivenNames, type Naming} from './names.ts';
import {type GivenSecret, secretKeys} from './secret-keys.ts';
import {at, type Values} from './tree.ts';

/** The names of any release of the chart, including one that is not ours. */
export function namingIn(values: Values, release: string): Naming {
  const given = givenNamesIn(values);
  const fullname = fullnameOf(release, given);
  const secret = givenSecretIn(values, fullname);
  return withGiven(fullname, secret ? {...given, fullnameOverride: fullname, secret} : given);
}

/** What a StatefulSet of the chart says of the names of its release. */
interface NamedSet {
  readonly name: string;
  /** The label app.kubernetes.io/component: `primary` or `read`. */
  readonly component: string;
  /** The label app.kubernetes.io/name. */
  readonly nameLabel: string;
}

/** The names of a release whose values are not known, or are another chart's; null where they say none. */
export function namingOfSets(sets: readonly NamedSet[], release: string): Naming | null {
  const writer = sets.find(({component}) => component === componentLabels.writer);
  if (writer === undefined) return null;
  const reader = sets.find(({component}) => component === componentLabels.reader);
  const isReplicated = reader !== undefined && writer.name.endsWith('-primary');
  const fullname = isReplicated ? writer.name.slice(0, -'-primary'.length) : writer.name;
  const nameOverride = writer.nameLabel === 'postgresql' ? {} : {nameOverride: writer.nameLabel};
  const isUsual = fullnameOf(release, nameOverride) === fullname;
  const names = {...nameOverride, ...(isUsual ? {} : {fullnameOverride: fullname})};
  return withGiven(fullname, isReplicated ? names : {...names, writer: ''});
}

/** The names in values that the installer wrote. */
export function writtenNaming(values: Values, existingSecret: string): Naming {
  const given = givenNamesIn(values);
  const {fullnameOverride} = given;
  if (fullnameOverride === undefined) return withGiven(fullnameOfSecret(existingSecret), given);
  const fullname = fullnameOf('', given);
  const secret = givenSecretIn(values, fullname);
  return withGiven(fullname, secret ? {...given, secret} : given);
}

/** Whether the installer wrote the values, or somebody who changed what the installer wrote. */
export function isOfInstaller(values: Values | null, naming: Naming): boolean {
  const secret = naming.given?.secret?.name ?? authSecret(naming.fullname);
  if (at(values, ['auth', 'existingSecret']) !== secret) return false;
  // Where plain helm is to restart nothing, OnDelete alone says nothing of who wrote the values.
  const hasHook = at(values, ['primary', 'lifecycleHooks', 'preStop']) !== undefined;
  return naming.given?.secret === undefined || (restartsOnDelete(values) && hasHook);
}

/** Whether no pod restarts before the installer says so. */
export function restartsOnDelete(values: Values | null): boolean {
  return at(values, ['primary', 'updateStrategy', 'type']) === 'OnDelete';
}

/**
 * The Secret that the operator gave; undefined where the chart makes the Secret, or it is the installer's. A name that
 * is a Helm template is not read. Source: templates/_helpers.tpl; the keys are the same from chart 11 on.
 */
function givenSecretIn(values: Values, fullname: string): GivenSecret | undefined {
  const text = (...path: readonly string[]): string | undefined => {
    const found = [
      ['global', 'postgresql', 'auth', ...path],
      ['auth', ...path],
    ].map((one) => at(values, one));
    return found.find((one): one is string => typeof one === 'string' && one !== '');
  };
  const name = text('existingSecret');
  if (name === undefined || name === authSecret(fullname)) return undefined;
  const admin = text('secretKeys', 'adminPasswordKey') ?? secretKeys.admin;
  const isAdmin = (text('username') ?? 'postgres') === 'postgres';
  const user = isAdmin ? admin : (text('secretKeys', 'userPasswordKey') ?? secretKeys.user);
  const replication = text('secretKeys', 'replicationPasswordKey') ?? secretKeys.replication;
  const isTemplate = [name, admin, user, replication].some((one) => one.includes('{{'));
  return isTemplate ? undefined : {name, keys: {admin, user, replication}};
}

function givenNamesIn(values: Values): GivenNames {
  const text = (...path: readonly string[]): string | undefined => {
    const found = at(values, path);
    return typeof found === 'string' ? found : undefined;
  };
  const otherThan = (usual: string, found: string | undefined) => (found === usual ? undefined : found);
  const isReplicated = at(values, ['architecture']) === 'replication';
  return defined({
    nameOverride: text('nameOverride') || undefined,
    fullnameOverride: text('global', 'postgresql', 'fullnameOverride') || text('fullnameOverride') || undefined,
    writer: isReplicated ? otherThan('primary', text('primary', 'name')) : '',
    reader: otherThan('read', text('readReplicas', 'name')),
    claim: text('primary', 'persistence', 'existingClaim') || undefined,
  });
}

/** The Naming of a release, without `given` where nothing is given. */
export function withGiven(fullname: string, given: GivenNames): Naming {
  return Object.keys(given).length === 0 ? {fullname} : {fullname, given};
}

export function namingValues({given = {}}: Naming): Values {
  const {nameOverride, fullnameOverride, writer, reader, claim} = given;
  return {
    ...defined({nameOverride, fullnameOverride}),
    ...(writer === undefined && claim === undefined
      ? {}
      : {
          primary: {
            ...defined({name: writer}),
            ...(claim === undefined ? {} : {persistence: {existingClaim: claim}}),
          },
        }),
    ...(reader === undefined ? {} : {readReplicas: {name: reader}}),
  };
}

function defined<T extends object>(values: T): {[Key in keyof T]?: Exclude<T[Key], undefined>} {
  const there = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(there) as {[Key in keyof T]?: Exclude<T[Key], undefined>};
}
