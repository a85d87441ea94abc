// What values say of the settings that a reader may not have lower than its writer.
import {describe, expect, test} from 'vitest';
import {settingsIn, settingsOf} from '../../../source/chart/required-settings.ts';

describe('a postgresql.conf', () => {
  test.each([
    ['max_connections = 150', {max_connections: 150}],
    ['max_connections 150', {max_connections: 150}],
    ["  MAX_Connections='150'   # more", {max_connections: 150}],
    ['# max_connections = 150', {}],
    ['max_connections = 150\nmax_connections = 200', {max_connections: 200}],
    ['max_connections = 150\r\nmax_wal_senders=4\r\n', {max_connections: 150, max_wal_senders: 4}],
    ['max_connections_of_mine = 150', {}],
    ['max_connections = {{ .Values.many }}', {}],
    ['max_prepared_transactions = 0', {max_prepared_transactions: 0}],
    ["shared_preload_libraries = 'a = b'\nmax_locks_per_transaction=128", {max_locks_per_transaction: 128}],
  ])('%j', (text, expected) => expect(settingsOf(text)).toEqual(expected));

  test('a last value that cannot be read is not known, whatever stood before it', () => {
    expect(settingsOf('max_connections = 150\nmax_connections = {{ .many }}').max_connections).toBe(150);
    expect(settingsOf("max_connections = 150\nmax_connections = 'many'").max_connections).toBeUndefined();
  });
});

test('what nobody sets is what the image sets; a whole file of the user leaves PostgreSQL its own', () => {
  const defaults = {
    max_connections: 100,
    max_worker_processes: 8,
    max_wal_senders: 16,
    max_prepared_transactions: 0,
    max_locks_per_transaction: 64,
  };
  expect(settingsIn({})).toEqual({writer: defaults, reader: defaults});
  const values = {
    primary: {configuration: 'max_connections = 50', extendedConfiguration: 'max_connections = 60'},
    readReplicas: {extendedConfiguration: 'max_worker_processes = 9'},
  };
  expect(settingsIn(values)).toEqual({
    writer: {...defaults, max_connections: 60, max_wal_senders: 10},
    reader: {...defaults, max_worker_processes: 9},
  });
});
