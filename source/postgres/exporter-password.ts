// The password that an exporter logs in with, in the file that its client reads at each login. The database's container
// writes the file, from standard input, because an exporter's image may have no shell.
import {exporterPasswordFile} from '../chart/container-paths.ts';
import {metricsUser} from '../chart/names.ts';
import {escaped, writePasswordFile} from './follow-password.ts';
import {isOneLine, type PsqlPlace} from './psql.ts';

const timeoutMs = 10_000;

/** @returns whether the file is there. Never throws */
export async function giveExporterPassword({exec, pod, container}: PsqlPlace, password: string): Promise<boolean> {
  if (!isOneLine(password)) return false;
  const line = `*:*:*:${metricsUser}:${escaped(password)}`;
  const command = ['sh', '-c', writePasswordFile, 'sh', exporterPasswordFile];
  const ended = await exec(pod, container, command, `${line}\n`, timeoutMs).catch(() => null);
  return ended?.exitCode === 0;
}
