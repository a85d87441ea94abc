// All parameters, in the order of the form, --help and the answers file, and the types that they make together.
//
// To add one: a descriptor in descriptors/, its name in this list, and its chart half in chart/parameters/, in a file
// of the same name (only the folder chart knows the keys of the chart, and the compiler asks for the entry there).
// Form, --help, variables, answers file, values and reading back follow: invented-parameter.test.ts shows them.
import {allowFrom} from './descriptors/allow-from.ts';
import {allowNamespaces} from './descriptors/allow-namespaces.ts';
import {backup} from './descriptors/backup.ts';
import {cpu} from './descriptors/cpu.ts';
import {cpuLimit} from './descriptors/cpu-limit.ts';
import {database} from './descriptors/database.ts';
import {exposure} from './descriptors/exposure.ts';
import {extraValues} from './descriptors/extra-values.ts';
import {hostname} from './descriptors/hostname.ts';
import {images} from './descriptors/images.ts';
import {instanceType} from './descriptors/instance-type.ts';
import {memory} from './descriptors/memory.ts';
import {metrics} from './descriptors/metrics.ts';
import {nodeSelector} from './descriptors/node-selector.ts';
import {password} from './descriptors/password.ts';
import {postgresConfig} from './descriptors/postgres-config.ts';
import {priorityClass} from './descriptors/priority-class.ts';
import {readReplicaCount} from './descriptors/read-replica-count.ts';
import {readers} from './descriptors/readers.ts';
import {serviceMesh} from './descriptors/service-mesh.ts';
import {sizing} from './descriptors/sizing.ts';
import {spread} from './descriptors/spread.ts';
import {storageClass} from './descriptors/storage-class.ts';
import {storageSize} from './descriptors/storage-size.ts';
import {synchronousReplicas} from './descriptors/synchronous-replicas.ts';
import {tls} from './descriptors/tls.ts';
import {tolerations} from './descriptors/tolerations.ts';
import {username} from './descriptors/username.ts';
import {zoneSpread} from './descriptors/zone-spread.ts';
import type {Parameter} from './parameter.ts';

export type {AllowFrom, AllowFromAnswer} from './descriptors/allow-from.ts';
export type {AllowNamespaces} from './descriptors/allow-namespaces.ts';
export type {Backup} from './descriptors/backup.ts';
export type {Exposure} from './descriptors/exposure.ts';
export type {Images} from './descriptors/images.ts';
export type {Metrics} from './descriptors/metrics.ts';
export type {NodeSelector} from './descriptors/node-selector.ts';
export type {PostgresConfig} from './descriptors/postgres-config.ts';
export type {Readers} from './descriptors/readers.ts';
export type {ServiceMesh} from './descriptors/service-mesh.ts';
export type {Sizing} from './descriptors/sizing.ts';
export type {Spread} from './descriptors/spread.ts';
export type {Tls} from './descriptors/tls.ts';
export type {Tolerations} from './descriptors/tolerations.ts';
export type {ZoneSpread} from './descriptors/zone-spread.ts';
export type {Cloud} from './place.ts';

const all = [
  username,
  password,
  instanceType,
  storageSize,
  readReplicaCount,
  database,
  storageClass,
  exposure,
  allowFrom,
  hostname,
  allowNamespaces,
  serviceMesh,
  tls,
  cpu,
  memory,
  cpuLimit,
  readers,
  spread,
  zoneSpread,
  nodeSelector,
  tolerations,
  priorityClass,
  sizing,
  postgresConfig,
  synchronousReplicas,
  metrics,
  backup,
  images,
  extraValues,
] as const;

export const descriptors: readonly Parameter[] = all;

type Descriptor = (typeof all)[number];
type Answered = Exclude<Descriptor, typeof password>;

/** The operator's answers so far; a parameter without one gets its default. */
export type Answers = {
  readonly [D in Answered as D['key']]?: D extends Parameter<string, infer Answer> ? Answer : never;
};

/** What an operator wants, with every default filled in. All of it can be read back from the release. */
export type Parameters = {
  readonly [D in Answered as D['key']]: ReturnType<D['resolve']>;
};

/** @throws Error for a key that no parameter has */
export function descriptorOf(key: string): Parameter {
  const found = descriptors.find((one) => one.key === key);
  if (!found) throw new Error(`no parameter is called ${key}`);
  return found;
}
