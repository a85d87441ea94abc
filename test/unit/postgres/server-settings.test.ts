// A reload counts only where the server says afterwards that it has read its settings.
import {expect, test} from 'vitest';
import type {Exec} from '../../../source/postgres/psql.ts';
import {reloadSettings} from '../../../source/postgres/server-settings.ts';

/** A server that takes the reload, and then answers what `after` says. */
function server(after: (sql: string) => {readonly exitCode: number; readonly stdout: string}) {
  const control = new AbortController();
  let isReloaded = false;
  let refusals = 0;
  const exec: Exec = async (_pod, _container, command) => {
    const sql = command.at(-1) ?? '';
    if (!sql.startsWith('select')) return {exitCode: 0, stdout: '', stderr: ''};
    if (sql.includes('pg_reload_conf')) isReloaded = true;
    if (!isReloaded) return {exitCode: 0, stdout: 'before\n', stderr: ''};
    const answer = after(sql);
    if (answer.exitCode !== 0 && ++refusals > 3) control.abort();
    return {...answer, stderr: answer.exitCode === 0 ? '' : 'FATAL:  could not access file "missing"'};
  };
  const administration = {exec, pod: 'pg-0', container: 'c', password: async () => 'canary'};
  return reloadSettings(administration, 'text', control.signal);
}

test('a server that lets nobody in after a reload is not reported as done', async () => {
  await expect(server(() => ({exitCode: 2, stdout: ''}))).rejects.toThrow('does not read its settings again');
});

test('a server that does not say which settings it refused is not taken for one that refused none', async () => {
  const answers = (sql: string) =>
    sql.includes('pg_file_settings') ? {exitCode: 2, stdout: ''} : {exitCode: 0, stdout: 'after\n'};
  await expect(server(answers)).rejects.toMatchObject({
    reason: {code: 'ENDPOINT_UNPROVEN', evidence: [expect.stringContaining('could not access file')]},
  });
});

test('settings that the server refuses are to be taken back, because it would not start with them', async () => {
  const answers = (sql: string) => ({exitCode: 0, stdout: sql.includes('pg_file') ? 'work_mem: wrong\n' : 'after\n'});
  await expect(server(answers)).rejects.toThrow(/work_mem: wrong.* would not start .*take them back/);
});
