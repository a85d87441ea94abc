// What would be lost of a release's values if they were read back and written again.
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {ownedPaths} from '../../../source/chart/owned.ts';
import {differenceText, ownedDifferences, readBackDifferences, unkeptValues} from '../../../source/chart/read-back.ts';
import {canonical} from '../../../source/chart/same-values.ts';
import {at, mergeValues, withoutPaths, type Path, type Values} from '../../../source/chart/tree.ts';
import {fromValues, toValues} from '../../../source/chart/values.ts';
import {ordinary, parameters} from '../../support/arbitrary-parameters.ts';

const naming = {fullname: 'orders-postgresql'};
const nested = (path: Path, value: unknown): Values => {
  const [first = '', ...rest] = path;
  return {[first]: rest.length === 0 ? value : nested(rest, value)};
};
/** The whole of what is at the path is the value then. */
const setAt = (values: Values, path: Path, value: unknown): Values =>
  mergeValues(withoutPaths(values, [path]), nested(path, value));
const differences = (values: Values) => readBackDifferences(values, naming);

const leaf = fc.oneof(
  fc.constant(null),
  fc.constant(''),
  fc.boolean(),
  fc.integer({min: 0, max: 70_000}),
  fc.constantFrom('other', '/mnt/other', '8Gi', 'ClusterIP'),
  fc.array(fc.string(), {minLength: 1, maxLength: 2}),
);
/** As people set it: the path itself, or a key below it. */
const other = fc.oneof(
  leaf,
  leaf.map((value) => ({other: value})),
);
const mine = fc.tuple(parameters, fc.constantFrom(...ownedPaths), other);

describe('for any parameters and any owned path set to another value', () => {
  it('it is a difference, or the very value is written again', () => {
    fc.assert(
      fc.property(mine, ([wanted, {path}, value]) => {
        const before = toValues(wanted, naming);
        fc.pre(canonical(at(before, path)) !== canonical(value) || (value === null && at(before, path) === undefined));
        const values = setAt(before, path, value);
        const found = differences(values);
        if (found?.length !== 0) return;
        const parametersRead = fromValues(values);
        expect(parametersRead).not.toBeNull();
        if (parametersRead) expect(at(toValues(parametersRead, naming), path), path.join('.')).toEqual(value);
      }),
      {numRuns: 500},
    );
  });

  it('on a path that no flag changes it is always one', () => {
    const without = mine.filter(([, {flag}]) => flag === null);
    fc.assert(
      fc.property(without, ([wanted, {path}, value]) => {
        const before = toValues(wanted, naming);
        fc.pre(canonical(at(before, path)) !== canonical(value) || (value === null && at(before, path) === undefined));
        const found = differences(setAt(before, path, value));
        expect(found === null || found.length > 0, path.join('.')).toBe(true);
      }),
      {numRuns: 300},
    );
  });
});

it('a certificate of the name that it had before somebody gave it another one cannot be read back', () => {
  const before = toValues({...ordinary, tls: {certificate: 'self-signed', required: false}}, naming);
  expect(differences(before)).toEqual([]);
  expect(differences(setAt(before, ['fullnameOverride'], 'other'))).toBeNull();
});

describe('what is no difference', () => {
  it('what toValues writes, also as helm keeps it without its nulls', () => {
    fc.assert(
      fc.property(parameters, (wanted) => {
        const values = toValues(wanted, naming);
        expect(differences(values)).toEqual([]);
        const stored = JSON.parse(JSON.stringify(values, (_, value: unknown) => value ?? undefined)) as Values;
        expect(differences(stored)).toEqual([]);
      }),
      {numRuns: 200},
    );
  });

  it('any key that an older version of ours did not set yet', () => {
    const optional: readonly Path[] = [
      ['primary', 'startupProbe'],
      ['readReplicas', 'lifecycleHooks'],
      ['readReplicas', 'updateStrategy', 'rollingUpdate'],
      ['auth', 'secretKeys'],
      ['volumePermissions'],
      ['global', 'security'],
    ];
    for (const path of optional)
      expect(differences(withoutPaths(toValues(ordinary, naming), [path])), path.join('.')).toEqual([]);
  });

  it('values of others beside ours, and an empty object', () => {
    const beside = {primary: {extraEnvVars: [{name: 'A', value: 'b'}], persistence: {annotations: {a: 'b'}}}};
    expect(differences(mergeValues(toValues(ordinary, naming), beside))).toEqual([]);
    expect(
      differences(setAt(toValues(ordinary, naming), ['primary', 'persistentVolumeClaimRetentionPolicy'], {})),
    ).toEqual([]);
  });

  it('what is consistently another parameter: two readers more', () => {
    expect(differences(setAt(toValues(ordinary, naming), ['readReplicas', 'replicaCount'], 4))).toEqual([]);
  });
});

it('a null where helm 4 wrote it over a value counts as one', () => {
  const found = differences(setAt(toValues(ordinary, naming), ['primary', 'name'], null));
  expect(found?.map(differenceText)).toEqual(['primary.name is null, would be not set']);
});

it('of values that cannot be read back the differences from an earlier revision are told, both ways', () => {
  const before = toValues(ordinary, naming);
  const changed = withoutPaths(setAt(before, ['primary', 'persistence', 'size'], '50Gi'), [['auth', 'database']]);
  expect(differences(changed)).toBeNull();
  expect(ownedDifferences(changed, before).map(differenceText)).toEqual([
    'primary.persistence.size is "50Gi", would be "20Gi"',
    'auth.database is not set, would be "appdb"',
  ]);
});

it('never shows what may be a password', () => {
  const secret = 'tuna-melt-1234';
  const places: readonly [Path, unknown][] = [
    [['auth', 'postgresPassword'], secret],
    [['global', 'postgresql', 'auth', 'password'], secret],
    [['ldap', 'bindpw'], secret],
    [['serviceBindings', 'key'], secret],
    [['primary', 'standby', 'list'], [{password: secret}]],
  ];
  for (const [path, value] of places) {
    const found = unkeptValues(setAt(toValues(ordinary, naming), path, value), toValues(ordinary, naming));
    const texts = found.map(differenceText);
    expect(texts, path.join('.')).toHaveLength(1);
    expect(texts.join(), path.join('.')).not.toContain(secret);
  }
});
