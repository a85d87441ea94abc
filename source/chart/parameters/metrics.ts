// The exporter beside each database. Source: chart 16.7.26, templates/{primary,read}/statefulset.yaml.
//
// It logs in with a role of its own: DATA_SOURCE_NAME takes precedence over the chart's variables, which name the
// application's user (postgres_exporter, getDataSources). The password is in a file that the exporter's client reads at
// each login (lib/pq, handlePgpass), so a running exporter follows a new password. That client refuses a file that a
// group can read, as a mounted Secret is, so the database's container, which has the Secret as files, writes it.
//
// As with TLS, none of its paths is the installer's alone, see ../shared.ts.
import {metrics as descriptor, type Metrics} from '../../parameters/descriptors/metrics.ts';
import type {Parameters} from '../../parameters/parameters.ts';
import {customMetrics} from '../custom-metrics.ts';
import {exporterPasswordFile, mountedSecrets} from '../container-paths.ts';
import {metricsPasswordKey} from '../secret-keys.ts';
import {metricsUser} from '../names.ts';
import {canonical} from '../same-values.ts';
import {at, type Values} from '../tree.ts';
import {inBoth, mainFlag, owned, type ChartParameter} from './chart-parameter.ts';
import {cpuLimitsOf} from './cpu-limit.ts';

const flag = mainFlag(descriptor);
const passwordFileVariable = 'PGPASSFILE';

/** A connection that stays in the pod needs no TLS. */
const sourceAs = (login: string): string => `postgresql://${login}@127.0.0.1:5432/postgres?sslmode=disable`;
const variables: readonly Values[] = [
  {name: 'DATA_SOURCE_NAME', value: sourceAs(metricsUser)},
  {name: passwordFileVariable, value: exporterPasswordFile},
];

/** The variables that earlier versions wrote, when the exporter had its password in its environment. */
function earlierVariables(secret: string): readonly Values[] {
  const secretKeyRef = {name: secret, key: metricsPasswordKey, optional: true};
  return [
    {name: 'EXPORTER_PASSWORD', valueFrom: {secretKeyRef}},
    {name: 'DATA_SOURCE_NAME', value: sourceAs(`${metricsUser}:$(EXPORTER_PASSWORD)`)},
  ];
}

/** Whether that container is an exporter that takes a new password while it runs. */
export function followsPassword({env = []}: {readonly env?: readonly {readonly name: string}[]}): boolean {
  return env.some(({name}) => name === passwordFileVariable);
}

/**
 * What the database's container runs when it starts. It never fails, because Kubernetes stops a container whose hook
 * fails: without the key there are no metrics, but there is a database.
 */
const writePasswordFile = [
  `f=${mountedSecrets}/${metricsPasswordKey}; p=${exporterPasswordFile}; umask 077; [ ! -s "$f" ] ||`,
  `{ printf '*:*:*:${metricsUser}:%s\\n' "$(sed 's/[\\\\:]/\\\\&/g' "$f")" > "$p.new" && mv "$p.new" "$p"; } || true`,
].join(' ');

/**
 * The exporter is ready as soon as it listens: with the chart's probes the database would wait 5 s longer. A later
 * failure is no reason to take the database out of its Service, so there is no readiness probe; an exporter that hangs
 * is restarted.
 */
const probes = {
  startupProbe: {enabled: true, initialDelaySeconds: 0, periodSeconds: 1, timeoutSeconds: 5, failureThreshold: 86_400},
  readinessProbe: {enabled: false},
  livenessProbe: {initialDelaySeconds: 0},
};

/** A pod that uses more memory than it asked for is evicted first, and the database with it. */
export function exporterResources(all: Parameters) {
  const isLimited = cpuLimitsOf(all).length > 0;
  return {requests: {cpu: '20m', memory: '96Mi'}, limits: {memory: '96Mi', ...(isLimited ? {cpu: '100m'} : {})}};
}

export const metrics: ChartParameter<Metrics> = {
  owns: [],
  shares: owned(flag, 'metrics'),
  excludes: (value) => (value === 'off' ? [] : owned(flag, 'metrics.enabled', 'metrics.serviceMonitor.enabled')),
  ownsIn: (values) => (hasEarlierVariables(values) ? owned(flag, 'metrics.extraEnvVars') : []),
  write: (value, _naming, all) =>
    value === 'off'
      ? {}
      : {
          metrics: {
            enabled: true,
            extraEnvVars: variables,
            customMetrics,
            resources: exporterResources(all),
            ...probes,
            ...(value === 'service-monitor' ? {serviceMonitor: {enabled: true}} : {}),
          },
          ...inBoth({lifecycleHooks: {postStart: {exec: {command: ['/bin/sh', '-c', writePasswordFile]}}}}),
        },
  read: (values) => {
    if (at(values, ['metrics', 'enabled']) !== true || !hasOwnDataSource(values)) return 'off';
    return at(values, ['metrics', 'serviceMonitor', 'enabled']) === true ? 'service-monitor' : 'exporter';
  },
};

/**
 * Whether the variables are ours. An exporter that is not ours has the chart's own, and belongs to the extra values.
 */
function hasOwnDataSource(values: Values): boolean {
  const given = at(values, ['metrics', 'extraEnvVars']);
  const [source] = variables;
  const isOurs = Array.isArray(given) && (given as unknown[]).some((one) => canonical(one) === canonical(source));
  return isOurs || hasEarlierVariables(values);
}

function hasEarlierVariables(values: Values): boolean {
  const secret = at(values, ['auth', 'existingSecret']);
  const given = at(values, ['metrics', 'extraEnvVars']);
  return typeof secret === 'string' && canonical(given) === canonical(earlierVariables(secret));
}
