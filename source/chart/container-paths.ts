// Where the chart and its images have files in the containers of the database.

/**
 * The exporter reads its password here at each login, in the format of PostgreSQL's password file. `/tmp` is one folder
 * for the containers of a pod, from chart 14.1 on: templates/primary/statefulset.yaml, `empty-dir`.
 */
export const exporterPasswordFile = '/tmp/.pghi-metrics.pgpass';

/**
 * Where each pod of the database has the keys of the Secret as files. The kubelet leaves them when the Secret is gone,
 * and takes one away within about a minute when its key is gone. Source: templates/primary/statefulset.yaml.
 */
export const mountedSecrets = '/opt/bitnami/postgresql/secrets';

/**
 * The file of `extendedConfiguration`: where the chart mounts it, and where Bitnami's image has its copy of it.
 * Sources: templates/primary/statefulset.yaml; the image's libpostgresql.sh.
 */
export const settingsFile = {
  key: 'override.conf',
  mounted: '/bitnami/postgresql/conf/conf.d/override.conf',
  copy: '/opt/bitnami/postgresql/conf/conf.d/override.conf',
} as const;

/** Where a reader keeps the password it streams with. Source: the image's libpostgresql.sh, PGPASSFILE. */
export const readerPasswordFile = '/opt/bitnami/postgresql/conf/.pgpass';
