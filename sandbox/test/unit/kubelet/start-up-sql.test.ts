// The SQL of a new database: who owns what, as in the chart's image.
import {expect, test} from 'vitest';
import {startUpSql} from '../../../source/kubelet/postgres/configuration.ts';
import {settingsOf} from '../../../source/kubelet/postgres/settings.ts';

const sqlFor = (environment: Readonly<Record<string, string>>) =>
  startUpSql(settingsOf({POSTGRES_PASSWORD: 'a-long-password', ...environment}, () => null, 'bitnami'));

test('a user without a database of its own owns postgres, and may create tables in it', () => {
  const sql = sqlFor({POSTGRES_USER: 'app', POSTGRES_POSTGRES_PASSWORD: 'another-password'});
  expect(sql).toContain('ALTER DATABASE postgres OWNER TO "app"');
  expect(sql).toContain('ALTER SCHEMA public OWNER TO "app"');
  expect(sql.findIndex((line) => line.startsWith('CREATE ROLE "app"'))).toBe(0);
});

test('with a database of its own it owns that one alone', () => {
  const sql = sqlFor({
    POSTGRES_USER: 'app',
    POSTGRES_DATABASE: 'appdb',
    POSTGRES_POSTGRES_PASSWORD: 'another-password',
  });
  expect(sql).toContain('CREATE DATABASE "appdb" OWNER "app"');
  expect(sql.filter((line) => line.startsWith('ALTER'))).toEqual([]);
});

test('postgres owns its database already', () => {
  expect(sqlFor({}).filter((line) => /ALTER|CREATE ROLE/.test(line))).toEqual([]);
});
