// The chart half of every parameter. A parameter without an entry does not compile.
import type {ChartParameter, ChartParameters, OwnedPath} from './chart-parameter.ts';
import {allowFrom} from './allow-from.ts';
import {allowNamespaces} from './allow-namespaces.ts';
import {backup} from './backup.ts';
import {cpu} from './cpu.ts';
import {cpuLimit} from './cpu-limit.ts';
import {database} from './database.ts';
import {exposure} from './exposure.ts';
import {hostname} from './hostname.ts';
import {images} from './images.ts';
import {instanceType} from './instance-type.ts';
import {memory} from './memory.ts';
import {metrics} from './metrics.ts';
import {nodeSelector} from './node-selector.ts';
import {postgresConfig} from './postgres-config.ts';
import {priorityClass} from './priority-class.ts';
import {readReplicaCount} from './read-replica-count.ts';
import {readers} from './readers.ts';
import {serviceMesh} from './service-mesh.ts';
import {sizing} from './sizing.ts';
import {spread} from './spread.ts';
import {storageClass} from './storage-class.ts';
import {storageSize} from './storage-size.ts';
import {synchronousReplicas} from './synchronous-replicas.ts';
import {tls} from './tls.ts';
import {tolerations} from './tolerations.ts';
import {username} from './username.ts';
import {zoneSpread} from './zone-spread.ts';

/** In the order in which their values stand below one key. */
export const chartParameters: ChartParameters = {
  username,
  database,
  images,
  readReplicaCount,
  // Stands before `cpu`, which owns all of `resources`, so that messages about it name its own flag.
  cpuLimit,
  cpu,
  memory,
  storageSize,
  storageClass,
  readers,
  instanceType,
  nodeSelector,
  tolerations,
  spread,
  zoneSpread,
  priorityClass,
  sizing,
  postgresConfig,
  synchronousReplicas,
  exposure,
  allowFrom,
  hostname,
  allowNamespaces,
  serviceMesh,
  tls,
  metrics,
  backup,
};

/** All chart halves with the keys of their parameters. */
export function chartEntries(): readonly (readonly [key: string, one: ChartParameter])[] {
  return Object.entries(chartParameters);
}

/** The paths that parameters share with the extra values. */
export function sharedPaths(): readonly OwnedPath[] {
  return chartEntries().flatMap(([, {shares}]) => shares ?? []);
}

/** The paths of all parameters; the first entry that matches a path names its flag. */
export function parameterPaths(): readonly OwnedPath[] {
  return chartEntries().flatMap(([, {owns}]) => owns);
}
