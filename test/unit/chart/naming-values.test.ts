// What a release's values say of names is written and read as the same, beside all parameters.
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {claimNames, fullnameOf, objectNames, selectorOf, type GivenNames} from '../../../source/chart/names.ts';
import {isOfInstaller, namingIn, withGiven} from '../../../source/chart/naming-values.ts';
import {readBackDifferences} from '../../../source/chart/read-back.ts';
import {fromValues, toValues} from '../../../source/chart/values.ts';
import {parameters} from '../../support/arbitrary-parameters.ts';

const name = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
const givenNames: fc.Arbitrary<GivenNames> = fc.record(
  {
    nameOverride: name.filter((one) => one !== 'postgresql'),
    fullnameOverride: name,
    writer: fc.oneof(fc.constant(''), name).filter((one) => one !== 'primary'),
    reader: name.filter((one) => one !== 'read'),
    claim: name,
  },
  {requiredKeys: []},
);
const ownSecret = fc.record({
  name: name.map((one) => `${one}-db`),
  keys: fc.record({admin: name, user: name, replication: name}),
});

describe('names', () => {
  it('stand in the values, and are read back from them with all parameters', () => {
    fc.assert(
      fc.property(name, givenNames, parameters, (release, given, wanted) => {
        const naming = withGiven(fullnameOf(release, given), given);
        const values = toValues(wanted, naming);
        expect(namingIn(values, release)).toEqual(naming);
        expect(fromValues(values)).toEqual(wanted);
        expect(readBackDifferences(values, naming)).toEqual([]);
      }),
    );
  });

  it('have the Secret that was given, with its keys, and the fullname beside it', () => {
    fc.assert(
      fc.property(name, givenNames, ownSecret, parameters, (release, names, {name: called, keys}, wanted) => {
        const user = wanted.username === 'postgres' ? keys.admin : keys.user;
        const fullnameOverride = fullnameOf(release, names);
        const given = {...names, fullnameOverride, secret: {name: called, keys: {...keys, user}}};
        const naming = withGiven(fullnameOverride, given);
        const values = toValues(wanted, naming);
        expect(objectNames(naming).secret).toBe(called);
        expect(namingIn(values, release)).toEqual(naming);
        expect(fromValues(values)).toEqual(wanted);
        expect(readBackDifferences(values, naming)).toEqual([]);
        expect(isOfInstaller(values, naming)).toBe(true);
      }),
    );
  });

  it('have a Secret of plain helm from wherever its values name it; one user has one key', () => {
    const auth = {existingSecret: 'db', secretKeys: {adminPasswordKey: 'root'}};
    const given = {name: 'db', keys: {admin: 'root', user: 'root', replication: 'replication-password'}};
    for (const values of [{auth}, {global: {postgresql: {auth}}}]) {
      const naming = namingIn(values, 'orders');
      expect(naming).toMatchObject({fullname: 'orders-postgresql', given: {secret: given}});
      expect(isOfInstaller(values, naming)).toBe(false);
      // As it is where a database was taken out of an application, or chart 10 made it: nothing is to restart.
      const primary = {updateStrategy: {type: 'OnDelete', rollingUpdate: null}};
      expect(isOfInstaller({...values, primary}, naming)).toBe(false);
    }
    expect(namingIn({auth: {...auth, username: 'app'}}, 'orders').given?.secret?.keys.user).toBe('password');
    expect(namingIn({auth: {existingSecret: '{{ .Release.Name }}-db'}}, 'orders').given?.secret).toBeUndefined();
    expect(namingIn({auth: {existingSecret: 'orders-postgresql-auth'}}, 'orders').given?.secret).toBeUndefined();
  });

  it('are those of the chart where nothing is given', () => {
    expect(namingIn({architecture: 'replication'}, 'orders')).toEqual({fullname: 'orders-postgresql'});
    expect(objectNames({fullname: 'orders-postgresql'})).toMatchObject({
      writer: 'orders-postgresql-primary',
      reader: 'orders-postgresql-read',
      writerClaim: 'data-orders-postgresql-primary-0',
      writerHeadless: 'orders-postgresql-primary-hl',
      backup: 'orders-postgresql-primary-pgdumpall',
    });
  });

  it('of a standalone have nothing behind the fullname of the writer', () => {
    const naming = namingIn({}, 'orders');
    expect(objectNames(naming)).toMatchObject({
      writer: 'orders-postgresql',
      reader: 'orders-postgresql-read',
      writerHeadless: 'orders-postgresql-hl',
      backup: 'orders-postgresql-pgdumpall',
    });
    expect(claimNames(naming, 1)).toEqual(['data-orders-postgresql-0', 'data-orders-postgresql-read-0']);
  });

  it('follow the overrides, in the label too', () => {
    const naming = namingIn({nameOverride: 'db', primary: {persistence: {existingClaim: 'old'}}}, 'orders');
    expect(naming.fullname).toBe('orders-db');
    expect(objectNames(naming).writerClaim).toBe('old');
    expect(selectorOf({release: 'orders', ...naming})).toBe(
      'app.kubernetes.io/instance=orders,app.kubernetes.io/name=db',
    );
    expect(namingIn({fullnameOverride: 'mydb'}, 'orders').fullname).toBe('mydb');
  });

  it('that somebody’s helm changed in a release of ours are a difference', () => {
    const [wanted] = fc.sample(parameters, 1);
    if (!wanted) throw new Error('one was asked for');
    const changed = toValues(wanted, {fullname: 'orders-postgresql', given: {writer: ''}});
    expect(readBackDifferences(changed, {fullname: 'orders-postgresql'})?.map(({path}) => path.join('.'))).toEqual([
      'primary.name',
    ]);
  });
});
