// A release whose Secret is gone or not whole is never ready, and nothing is done to it but what puts that right.
import {describe, expect, it} from 'vitest';
import {statusOf} from '../../../../source/client/questions/status.ts';
import {missingPasswords, secretMalformed} from '../../../../source/observation/causes/secret-malformed.ts';
import {findCauses} from '../../../../source/observation/causes/index.ts';
import type {Snapshot} from '../../../../source/observation/snapshot.ts';
import {stateOf} from '../../../../source/observation/state.ts';
import {recorded} from '../recorded.ts';

const healthy = recorded('healthy');
const gone: Snapshot = {...healthy, secret: null};
const all = ['postgres-password', 'password', 'replication-password'];
const withKeys = (keys: readonly string[]): Snapshot => ({
  ...healthy,
  secret: {name: 'orders-postgresql-auth', keys, ours: true},
});
const messageOf = (snapshot: Snapshot) => secretMalformed(snapshot)?.cause.message;

it('is no cause while every key is there', () => {
  expect(secretMalformed(withKeys(all))).toBeNull();
  expect(secretMalformed(withKeys([...all, 'another']))).toBeNull();
});

it.each(all)('is one as soon as %s is missing, and ready is not said any more', (key) => {
  const snapshot = withKeys(all.filter((one) => one !== key));
  expect(stateOf(healthy)).toBe('ready');
  expect(stateOf(snapshot)).toBe('degraded');
  expect(statusOf(snapshot)?.cause?.code).toBe('SECRET_MALFORMED');
  expect(messageOf(snapshot)).toContain(`has nothing under ${key}. The database still runs`);
  expect(messageOf(snapshot)).toContain('within about a minute');
});

it('says that the files are the last copies, and the command that restores from them', () => {
  const found = secretMalformed(recorded('SECRET_MALFORMED'));
  expect(found).toMatchObject({certain: true, endsOperation: true});
  expect(found?.cause).toMatchObject({
    message:
      'The Secret orders-postgresql-auth is gone. The database still runs with its passwords, and the files that ' +
      'its pods mount are the last copies: they go with the pods.',
    object: {kind: 'Secret', name: 'orders-postgresql-auth'},
    evidence: ['secrets "orders-postgresql-auth" not found'],
  });
  expect(found?.cause.remedies.map(({command}) => command)).toEqual([
    'pg-helm-install recover orders -n secret-rec --context pgk8s',
    'kubectl --context pgk8s create secret generic orders-postgresql-auth --from-file=postgres-password ' +
      '--from-file=password --from-file=replication-password -n secret-rec && ' +
      'kubectl --context pgk8s label secret orders-postgresql-auth app.kubernetes.io/managed-by=pg-helm-install ' +
      '-n secret-rec',
  ]);
  expect(stateOf(recorded('SECRET_MALFORMED'))).toBe('broken');
});

it('offers no restoring where no pod has a copy any more', () => {
  const found = secretMalformed({...gone, pods: []})?.cause;
  expect(found?.message).toContain('no pod of the database runs that would still have a copy');
  expect(found?.remedies.map(({command}) => command).join()).not.toContain('recover');
});

describe('a new password of the role', () => {
  const newOnes = (keys: readonly string[], snapshot = healthy) =>
    (secretMalformed({...snapshot, secret: withKeys(keys).secret})?.cause.remedies ?? []).filter(({title}) =>
      title.includes('is lost for good'),
    );

  it.each([
    ['password', 'alter role "app"', '{"stringData":{"password":"'],
    ['replication-password', 'alter role "repl_user"', '{"stringData":{"replication-password":"'],
  ])('is a way on where %s is lost and the administrator is not', (key, asked, put) => {
    const [remedy, ...others] = newOnes(all.filter((one) => one !== key));
    expect(others).toEqual([]);
    expect(remedy?.command).toContain(asked);
    expect(remedy?.command).toContain(put);
    expect(remedy?.command).not.toMatch(/kubectl[^|&;]*(stringData|PGPASSWORD=)/);
  });

  it('is none without the administrator’s, where nothing runs, and where the user is the administrator', () => {
    expect(newOnes(['replication-password'])).toEqual([]);
    expect(newOnes(['postgres-password'], {...healthy, pods: []})).toEqual([]);
    const values = {
      ...healthy.release.values,
      auth: {...(healthy.release.values?.['auth'] as object), username: 'postgres'},
    };
    expect(
      newOnes(['postgres-password', 'replication-password'], {...healthy, release: {...healthy.release, values}}),
    ).toEqual([]);
  });
});

describe('nothing is said', () => {
  it.each<readonly [string, Snapshot]>([
    ['where Secrets may not be read', {...gone, unreadable: ['secrets']}],
    ['before helm knows of a release', {...gone, release: {revisions: [], values: null}}],
    ['of a release that has its passwords elsewhere', {...gone, release: {...gone.release, values: {auth: {}}}}],
    [
      'of one that is being uninstalled',
      {
        ...gone,
        release: {...gone.release, revisions: gone.release.revisions.map((one) => ({...one, status: 'uninstalling'}))},
      },
    ],
  ])('%s', (_what, snapshot) => {
    expect(missingPasswords(snapshot)).toEqual([]);
    expect(findCauses(snapshot).map(({cause}) => cause.code)).not.toContain('SECRET_MALFORMED');
  });
});
