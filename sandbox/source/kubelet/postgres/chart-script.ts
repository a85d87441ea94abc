// Scripts with which an official image understands the chart.

/**
 * Whether a container's command is a shell script that reads the chart's environment of writer and reader. The sandbox
 * itself does what such a script does: pods have neither pg_basebackup nor addresses as in a cluster.
 */
export function isChartScript(command: readonly string[] | null): boolean {
  const [shell = '', option, script = ''] = command ?? [];
  return /^(\/bin\/)?(ba|da)?sh$/.test(shell) && option === '-c' && script.includes('POSTGRES_REPLICATION_MODE');
}
