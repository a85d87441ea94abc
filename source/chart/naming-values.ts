// What the values of a release say of the names of its objects, and back.
// Source: chart 16.7.26, templates/_helpers.tpl.
import {fullnameOf, type GivenNames, type Naming} from './names.ts';
import {at, type Values} from './tree.ts';

/** Of any release of the chart, also of one that is not ours. */
export function namingIn(values: Values, release: string): Naming {
  const given = givenNamesIn(values);
  return withGiven(fullnameOf(release, given), given);
}

export function givenNamesIn(values: Values): GivenNames {
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

/** Without `given` where nothing is. */
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
