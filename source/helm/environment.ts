// The environment that a child process gets: nothing that is secret, nothing that would send helm somewhere else.

/**
 * Our own variables, and those from which libpq and PostgreSQL images take passwords. Names are case-insensitive on
 * Windows.
 */
const secret = /^PGHI_|^(PG|POSTGRES)\w*(PASS|SECRET|SERVICEFILE)/i;

/**
 * The HELM_* variables that say where helm keeps its files and how fast it may ask. All others go: HELM_DEBUG prints
 * values,
 * HELM_NAMESPACE and HELM_KUBE* choose another place than the flags we give, and with HELM_DRIVER the records would not
 * be
 * where we read them. Source: `helm env` of 3.18 and 4.1.
 */
const keptHelm = new Set([
  'HELM_CACHE_HOME',
  'HELM_CONFIG_HOME',
  'HELM_DATA_HOME',
  'HELM_CONTENT_CACHE',
  'HELM_REGISTRY_CONFIG',
  'HELM_REPOSITORY_CACHE',
  'HELM_REPOSITORY_CONFIG',
  'HELM_BURST_LIMIT',
  'HELM_QPS',
  'HELM_MAX_HISTORY',
]);

export type Environment = Readonly<Record<string, string | undefined>>;

/** `environment` without passwords and without the HELM_* variables that we decide ourselves. */
export function childEnvironment(environment: Environment): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined || secret.test(name)) continue;
    if (/^HELM_/i.test(name) && !keptHelm.has(name.toUpperCase())) continue;
    kept[name] = value;
  }
  return kept;
}
