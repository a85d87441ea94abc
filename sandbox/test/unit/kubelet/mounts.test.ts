import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {mapPath, mapText, unmapText, type Mount} from '../../../source/kubelet/volumes/mounts.ts';

const mounts: readonly Mount[] = [
  {path: '/tmp', folder: '/pods/1/empty/tmp-dir'},
  {path: '/bitnami/postgresql', folder: '/volumes/a'},
  {path: '/bitnami/postgresql/conf/conf.d/', folder: '/pods/1/extended'},
  {path: '/opt/bitnami/postgresql/secrets/', folder: '/pods/1/secrets'},
];

describe('a path', () => {
  test.each([
    ['/bitnami/postgresql/data', '/volumes/a/data'],
    ['/bitnami/postgresql', '/volumes/a'],
    ['/bitnami/postgresql/conf/conf.d/override.conf', '/pods/1/extended/override.conf'],
    ['/bitnami/postgresql/conf/postgresql.conf', '/volumes/a/conf/postgresql.conf'],
    ['/opt/bitnami/postgresql/secrets/password', '/pods/1/secrets/password'],
    ['/bitnami/postgresql/data/../../../etc/passwd', null],
    ['/bitnami/postgresqlx', null],
    ['/usr/bin/env', null],
  ])('%s is %s', (path, folder) => {
    expect(mapPath(mounts, path)).toBe(folder);
  });
});

describe('a text', () => {
  test.each([
    ['cat "/opt/bitnami/postgresql/secrets/password"', 'cat "/pods/1/secrets/password"'],
    ['[ -f /bitnami/postgresql/.initialized ]', '[ -f /volumes/a/.initialized ]'],
    ['--file=/tmp/x.sql;ls /var/tmp /tmpfile a/tmp', '--file=/pods/1/empty/tmp-dir/x.sql;ls /var/tmp /tmpfile a/tmp'],
    ['no path', 'no path'],
  ])('%s', (given, mapped) => {
    expect(mapText(mounts, given)).toBe(mapped);
  });

  test("a folder's path stays, also below what is a mount in the container", () => {
    const below: readonly Mount[] = [...mounts, {path: '/opt/bitnami/postgresql/conf', folder: '/tmp/sandbox/conf'}];
    expect(mapText(below, 'cat /tmp/sandbox/conf/.pgpass /tmp/x')).toBe(
      'cat /tmp/sandbox/conf/.pgpass /pods/1/empty/tmp-dir/x',
    );
  });

  test("what programs write goes back to the container's paths", () => {
    expect(unmapText(mounts, 'FATAL:  data directory "/volumes/a/data" has wrong ownership')).toBe(
      'FATAL:  data directory "/bitnami/postgresql/data" has wrong ownership',
    );
  });

  test('there and back is the same, whatever is around the paths', () => {
    const path = fc.constantFrom(
      '/tmp/a',
      '/bitnami/postgresql/data',
      '/opt/bitnami/postgresql/secrets/x',
      '/etc/passwd',
    );
    const between = fc.constantFrom(' ', '"', "' '", '\n', '=', ':', ';');
    fc.assert(
      fc.property(fc.array(fc.tuple(between, path)), (parts) => {
        const text = parts.flat().join('');
        expect(unmapText(mounts, mapText(mounts, text))).toBe(text);
      }),
    );
  });
});
