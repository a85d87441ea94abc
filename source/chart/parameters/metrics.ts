// The exporter beside each database. Source: chart 16.7.26, templates/{primary,read}/statefulset.yaml.
//
// It logs in with a role of its own. The chart's variables name the application's user, and DATA_SOURCE_NAME goes
// before them (postgres_exporter, getDataSources). The password comes from the Secret into that variable alone.
//
// As with TLS none of its paths is the installer's alone, see ../shared.ts.
import {metrics as descriptor, type Metrics} from '../../parameters/descriptors/metrics.ts';
import {customMetrics} from '../custom-metrics.ts';
import {metricsPasswordKey, metricsUser, objectNames, type Naming} from '../names.ts';
import {at, type Values} from '../tree.ts';
import {mainFlag, owned, type ChartParameter} from './chart-parameter.ts';

const flag = mainFlag(descriptor);
const passwordVariable = 'EXPORTER_PASSWORD';

// Kubernetes puts the password in; it is of letters and digits. What stays in the pod needs no TLS.
const dataSource = `postgresql://${metricsUser}:$(${passwordVariable})@127.0.0.1:5432/postgres?sslmode=disable`;

/** Optional: without the key there are no metrics, but a database. */
function variables(naming: Naming): readonly Values[] {
  const secretKeyRef = {name: objectNames(naming).secret, key: metricsPasswordKey, optional: true};
  return [
    {name: passwordVariable, valueFrom: {secretKeyRef}},
    {name: 'DATA_SOURCE_NAME', value: dataSource},
  ];
}

/**
 * Ready as soon as it listens: with the chart's probes the database would wait 5 s longer. Later it is no reason to
 * take the database from its Service, so there is no readiness probe; where it hangs it is restarted.
 */
const probes = {
  startupProbe: {enabled: true, initialDelaySeconds: 0, periodSeconds: 1, timeoutSeconds: 5, failureThreshold: 86_400},
  readinessProbe: {enabled: false},
  livenessProbe: {initialDelaySeconds: 0},
};

/** A pod that uses more memory than it asked for is evicted first, and the database with it. */
const resources = {requests: {cpu: '20m', memory: '96Mi'}, limits: {memory: '96Mi'}};

export const metrics: ChartParameter<Metrics> = {
  owns: [],
  shares: owned(flag, 'metrics'),
  excludes: (value) => (value === 'off' ? [] : owned(flag, 'metrics.enabled', 'metrics.serviceMonitor.enabled')),
  // The Lease of an operation that an earlier version began does not say it.
  write: (value = 'off', naming) =>
    value === 'off'
      ? {}
      : {
          metrics: {
            enabled: true,
            extraEnvVars: variables(naming),
            customMetrics,
            resources,
            ...probes,
            ...(value === 'service-monitor' ? {serviceMonitor: {enabled: true}} : {}),
          },
        },
  read: (values) => {
    if (at(values, ['metrics', 'enabled']) !== true || !hasOwnDataSource(values)) return 'off';
    return at(values, ['metrics', 'serviceMonitor', 'enabled']) === true ? 'service-monitor' : 'exporter';
  },
};

/** An exporter of before has the chart's own variables, and belongs to the extra values. */
function hasOwnDataSource(values: Values): boolean {
  const given = at(values, ['metrics', 'extraEnvVars']);
  return Array.isArray(given) && (given as unknown[]).some((one) => at(one, ['value']) === dataSource);
}
