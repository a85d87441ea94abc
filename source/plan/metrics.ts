// What a change does to metrics.
import {exporterReference} from '../chart/image.ts';
import {metricsUser, objectNames, type Naming} from '../chart/names.ts';
import type {Parameters} from '../parameters/parameters.ts';
import type {ChangeConsequence, ChangeFacts} from './change-facts.ts';

/** How metrics are offered, as sentences; null: they are not. */
export function metricsOffered(parameters: Parameters, naming: Naming): string | null {
  const {metrics, readReplicaCount} = parameters;
  if (metrics === 'off') return null;
  const {writer, reader} = objectNames(naming);
  const services = readReplicaCount === 0 ? `${writer}-metrics` : `${writer}-metrics and ${reader}-metrics`;
  const monitor = metrics === 'service-monitor' ? ' A ServiceMonitor tells the operator of Prometheus of it.' : '';
  return (
    `An exporter for Prometheus (${exporterReference(parameters)}) runs beside each database, and is offered by ` +
    `${services}, port 9187. It logs in as ${metricsUser}, a role that reads statistics alone.${monitor}`
  );
}

export function metricsConsequences({before, existing, desired}: ChangeFacts): ChangeConsequence[] {
  if (existing === null) return [];
  const object = `Service/${objectNames(before.target).writer}-metrics`;
  const [is, will] = [exporterReference(existing), exporterReference(desired)];
  const isSame = existing.metrics === desired.metrics;
  if (isSame && (desired.metrics === 'off' || is === will)) return [];
  const others = `The exporters beside the databases are of ${will}, not of ${is}.`;
  const sentence =
    (isSame ? others : metricsOffered(desired, before.target)) ??
    `The exporters beside the databases go, and their role ${metricsUser} with its password.`;
  return [{code: 'ENDPOINT_CHANGE', object, sentence}];
}
