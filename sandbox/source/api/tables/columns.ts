// The columns of `kubectl get` for each kind. Source: kubernetes, pkg/printers/internalversion.
import {kinds, type Kind} from '../../store/kinds.ts';
import type {KubeObject} from '../../store/objects.ts';
import {scalarText} from '../../store/scalar-text.ts';
import {ageOf, humanDuration} from './ages.ts';
import type {Column} from './column.ts';
import {podColumns} from './pod-columns.ts';

type Fields = Record<string, unknown>;
const at = (object: KubeObject | Fields, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>(
      (value, name) => (typeof value === 'object' && value !== null ? (value as Fields)[name] : undefined),
      object,
    );
const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
const entries = (value: unknown): [string, unknown][] => Object.entries((value ?? {}) as Fields);
const orNone = (value: unknown): unknown => (value === undefined || value === null || value === '' ? '<none>' : value);
const joined = (values: readonly string[]): string => (values.length > 0 ? values.join(',') : '<none>');

function column(
  name: string,
  cell: Column['cell'],
  {type = 'string', wide = false}: {type?: Column['type']; wide?: boolean} = {},
): Column {
  return {name, type, priority: wide ? 1 : 0, description: '', cell};
}
const wide = {wide: true};
const integer = {type: 'integer'} as const;
const name = column('Name', ({metadata}) => metadata.name);
const age = column('Age', ({metadata}) => ageOf(metadata.creationTimestamp));
const count = (title: string, path: string) => column(title, (object) => entries(at(object, path)).length, integer);

const byKind = new Map<Kind, readonly Column[]>([
  [kinds.pod, podColumns({name, age})],
  [kinds.namespace, [name, column('Status', (object) => at(object, 'status.phase')), age]],
  [
    kinds.node,
    [
      name,
      column('Status', nodeStatus),
      column('Roles', nodeRoles),
      age,
      column('Version', (object) => at(object, 'status.nodeInfo.kubeletVersion') ?? ''),
      ...nodeDetails(),
    ],
  ],
  [
    kinds.statefulSet,
    [
      name,
      column(
        'Ready',
        (object) => `${Number(at(object, 'status.readyReplicas') ?? 0)}/${Number(at(object, 'spec.replicas') ?? 0)}`,
      ),
      age,
      column(
        'Containers',
        (object) =>
          containers(object, 'spec.template.spec')
            .map((one) => String(one['name']))
            .join(','),
        wide,
      ),
      column(
        'Images',
        (object) =>
          containers(object, 'spec.template.spec')
            .map((one) => String(one['image']))
            .join(','),
        wide,
      ),
    ],
  ],
  [
    kinds.service,
    [
      name,
      column('Type', (object) => at(object, 'spec.type')),
      column('Cluster-IP', (object) => orNone(at(object, 'spec.clusterIP'))),
      column('External-IP', externalAddress),
      column('Port(s)', servicePorts),
      age,
      column(
        'Selector',
        (object) => joined(entries(at(object, 'spec.selector')).map(([key, value]) => `${key}=${String(value)}`)),
        wide,
      ),
    ],
  ],
  [kinds.secret, [name, column('Type', (object) => object['type']), count('Data', 'data'), age]],
  [
    kinds.configMap,
    [name, column('Data', (object) => entries(object['data']).length + entries(object['binaryData']).length), age],
  ],
  [kinds.serviceAccount, [name, column('Secrets', (object) => texts(object['secrets']).length), age]],
  [
    kinds.event,
    [
      column('Last Seen', lastSeen),
      column('Type', (object) => object['type']),
      column('Reason', (object) => object['reason']),
      column(
        'Object',
        (object) =>
          `${String(at(object, 'involvedObject.kind')).toLowerCase()}/${String(at(object, 'involvedObject.name'))}`,
      ),
      column('Subobject', (object) => at(object, 'involvedObject.fieldPath') ?? '', wide),
      column(
        'Source',
        (object) =>
          [at(object, 'source.component') ?? object['reportingComponent'], at(object, 'source.host')]
            .filter(Boolean)
            .join(', '),
        wide,
      ),
      column('Message', (object) => scalarText(object['message']).trim()),
      column('First Seen', (object) => ageOf(object['firstTimestamp'] ?? object['eventTime']), wide),
      column('Count', (object) => object['count'] ?? 1, wide),
      column('Name', ({metadata}) => metadata.name, wide),
    ],
  ],
  [
    kinds.claim,
    [
      name,
      column('Status', ({metadata, ...object}) =>
        metadata.deletionTimestamp ? 'Terminating' : at(object, 'status.phase'),
      ),
      column('Volume', (object) => at(object, 'spec.volumeName') ?? ''),
      column('Capacity', (object) =>
        at(object, 'spec.volumeName') ? (at(object, 'status.capacity.storage') ?? '') : '',
      ),
      column('Access Modes', (object) =>
        at(object, 'spec.volumeName') ? modes(at(object, 'status.accessModes')) : '',
      ),
      column('StorageClass', (object) => at(object, 'spec.storageClassName') ?? ''),
      column('VolumeAttributesClass', () => '<unset>'),
      age,
      column('VolumeMode', (object) => at(object, 'spec.volumeMode') ?? '', wide),
    ],
  ],
  [
    kinds.volume,
    [
      name,
      column('Capacity', (object) => at(object, 'spec.capacity.storage') ?? ''),
      column('Access Modes', (object) => modes(at(object, 'spec.accessModes'))),
      column('Reclaim Policy', (object) => at(object, 'spec.persistentVolumeReclaimPolicy')),
      column('Status', ({metadata, ...object}) =>
        metadata.deletionTimestamp ? 'Terminating' : at(object, 'status.phase'),
      ),
      column('Claim', (object) =>
        at(object, 'spec.claimRef')
          ? `${String(at(object, 'spec.claimRef.namespace'))}/${String(at(object, 'spec.claimRef.name'))}`
          : '',
      ),
      column('StorageClass', (object) => at(object, 'spec.storageClassName') ?? ''),
      column('VolumeAttributesClass', () => '<unset>'),
      column('Reason', (object) => at(object, 'status.reason') ?? ''),
      age,
      column('VolumeMode', (object) => at(object, 'spec.volumeMode') ?? '', wide),
    ],
  ],
  [
    kinds.resourceQuota,
    [
      name,
      column('Request', (object) => quotaUse(object, (resource) => !resource.startsWith('limits.'))),
      column('Limit', (object) => quotaUse(object, (resource) => resource.startsWith('limits.'))),
      age,
    ],
  ],
  [kinds.limitRange, [name, column('Created At', ({metadata}) => metadata.creationTimestamp ?? '')]],
  [kinds.endpoints, [name, column('Endpoints', endpoints), age]],
  [
    kinds.controllerRevision,
    [
      name,
      column('Controller', ({metadata}) => {
        const owner = metadata.ownerReferences?.find(({controller}) => controller);
        return owner ? `${owner.kind.toLowerCase()}.${owner.apiVersion.split('/')[0]}/${owner.name}` : '<none>';
      }),
      column('Revision', (object) => object['revision'], integer),
      age,
    ],
  ],
  [
    kinds.job,
    [
      name,
      column('Status', jobStatus),
      column(
        'Completions',
        (object) => `${Number(at(object, 'status.succeeded') ?? 0)}/${Number(at(object, 'spec.completions') ?? 1)}`,
      ),
      column('Duration', (object) => {
        const [start, end] = [at(object, 'status.startTime'), at(object, 'status.completionTime')];
        return typeof start === 'string'
          ? humanDuration((typeof end === 'string' ? Date.parse(end) : Date.now()) - Date.parse(start))
          : '';
      }),
      age,
    ],
  ],
  [
    kinds.cronJob,
    [
      name,
      column('Schedule', (object) => at(object, 'spec.schedule')),
      column('Timezone', (object) => at(object, 'spec.timeZone') ?? '<none>'),
      column('Suspend', (object) => (at(object, 'spec.suspend') === true ? 'True' : 'False')),
      column('Active', (object) => texts(at(object, 'status.active')).length, integer),
      column('Last Schedule', (object) =>
        at(object, 'status.lastScheduleTime') ? ageOf(at(object, 'status.lastScheduleTime')) : '<none>',
      ),
      age,
    ],
  ],
  [
    kinds.networkPolicy,
    [
      name,
      column('Pod-Selector', (object) =>
        joined(entries(at(object, 'spec.podSelector.matchLabels')).map(([key, value]) => `${key}=${String(value)}`)),
      ),
      age,
    ],
  ],
  [
    kinds.disruptionBudget,
    [
      name,
      column('Min Available', (object) => at(object, 'spec.minAvailable') ?? 'N/A'),
      column('Max Unavailable', (object) => at(object, 'spec.maxUnavailable') ?? 'N/A'),
      column('Allowed Disruptions', (object) => at(object, 'status.disruptionsAllowed') ?? 0, integer),
      age,
    ],
  ],
  [
    kinds.storageClass,
    [
      column(
        'Name',
        ({metadata: {name, annotations}}) =>
          `${name}${annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true' ? ' (default)' : ''}`,
      ),
      column('Provisioner', (object) => object['provisioner']),
      column('ReclaimPolicy', (object) => object['reclaimPolicy']),
      column('VolumeBindingMode', (object) => object['volumeBindingMode']),
      column('AllowVolumeExpansion', (object) => object['allowVolumeExpansion'] === true),
      age,
    ],
  ],
  [
    kinds.endpointSlice,
    [
      name,
      column('AddressType', (object) => object['addressType']),
      column('Ports', (object) => joined(((object['ports'] ?? []) as Fields[]).map(({port}) => String(port)))),
      column('Endpoints', (object) =>
        joined(((object['endpoints'] ?? []) as Fields[]).flatMap(({addresses}) => texts(addresses))),
      ),
      age,
    ],
  ],
  [kinds.lease, [name, column('Holder', (object) => at(object, 'spec.holderIdentity') ?? ''), age]],
  [kinds.role, [name, column('Created At', ({metadata}) => metadata.creationTimestamp ?? '')]],
  [
    kinds.roleBinding,
    [
      name,
      column('Role', (object) => `${String(at(object, 'roleRef.kind'))}/${String(at(object, 'roleRef.name'))}`),
      age,
    ],
  ],
]);

export function columnsOf(kind: Kind): readonly Column[] {
  return byKind.get(kind) ?? [name, age];
}

export function rowOf(kind: Kind, object: KubeObject): unknown[] {
  return columnsOf(kind).map(({cell}) => cell(object) ?? '');
}

function containers(object: KubeObject, path: string): Fields[] {
  return (at(object, `${path}.containers`) ?? []) as Fields[];
}

function nodeStatus(object: KubeObject): string {
  const ready = ((at(object, 'status.conditions') ?? []) as Fields[]).find(({type}) => type === 'Ready');
  const state = ready?.['status'] === 'True' ? 'Ready' : ready ? 'NotReady' : 'Unknown';
  return at(object, 'spec.unschedulable') === true ? `${state},SchedulingDisabled` : state;
}

function nodeRoles({metadata}: KubeObject): string {
  const roles = Object.keys(metadata.labels ?? {})
    .filter((key) => key.startsWith('node-role.kubernetes.io/'))
    .map((key) => key.slice('node-role.kubernetes.io/'.length));
  return joined(roles.sort());
}

function nodeDetails(): Column[] {
  const address = (type: string) => (object: KubeObject) =>
    ((at(object, 'status.addresses') ?? []) as Fields[]).find((one) => one['type'] === type)?.['address'] ?? '<none>';
  const info = (field: string) => (object: KubeObject) => at(object, `status.nodeInfo.${field}`) ?? '<unknown>';
  return [
    column('Internal-IP', address('InternalIP'), wide),
    column('External-IP', address('ExternalIP'), wide),
    column('OS-Image', info('osImage'), wide),
    column('Kernel-Version', info('kernelVersion'), wide),
    column('Container-Runtime', info('containerRuntimeVersion'), wide),
  ];
}

function externalAddress(object: KubeObject): string {
  const given = texts(at(object, 'spec.externalIPs'));
  switch (at(object, 'spec.type')) {
    case 'LoadBalancer': {
      const ingress = ((at(object, 'status.loadBalancer.ingress') ?? []) as {ip?: string; hostname?: string}[]).map(
        ({ip, hostname}) => ip ?? hostname ?? '',
      );
      const all = [...ingress, ...given];
      return all.length > 0 ? all.join(',') : '<pending>';
    }
    case 'ExternalName':
      return String(at(object, 'spec.externalName'));
    default:
      return joined(given);
  }
}

function servicePorts(object: KubeObject): string {
  return joined(
    ((at(object, 'spec.ports') ?? []) as Fields[]).map(
      ({port, nodePort, protocol}) =>
        `${scalarText(port)}${nodePort ? `:${scalarText(nodePort)}` : ''}/${scalarText(protocol ?? 'TCP')}`,
    ),
  );
}

function lastSeen(object: KubeObject): string {
  const last = ageOf(
    at(object, 'series.lastObservedTime') ?? object['lastTimestamp'] ?? object['eventTime'] ?? object['firstTimestamp'],
  );
  const times = Number(at(object, 'series.count') ?? object['count'] ?? 1);
  return times > 1 ? `${last} (x${times} over ${ageOf(object['firstTimestamp'] ?? object['eventTime'])})` : last;
}

function modes(value: unknown): string {
  const short: Readonly<Record<string, string>> = {
    ReadWriteOnce: 'RWO',
    ReadOnlyMany: 'ROX',
    ReadWriteMany: 'RWX',
    ReadWriteOncePod: 'RWOP',
  };
  return texts(value)
    .map((mode) => short[mode] ?? mode)
    .join(',');
}

function quotaUse(object: KubeObject, wanted: (resource: string) => boolean): string {
  const used = (at(object, 'status.used') ?? {}) as Record<string, string>;
  const hard = (at(object, 'status.hard') ?? {}) as Record<string, string>;
  return Object.keys(hard)
    .sort()
    .filter(wanted)
    .map((resource) => `${resource}: ${used[resource] ?? '0'}/${hard[resource] ?? ''}`)
    .join(', ');
}

function endpoints(object: KubeObject): string {
  const subsets = (object['subsets'] ?? []) as {addresses?: {ip: string}[]; ports?: {port: number}[]}[];
  const all = subsets.flatMap(({addresses = [], ports = []}) =>
    addresses.flatMap(({ip}) => (ports.length > 0 ? ports.map(({port}) => `${ip}:${port}`) : [ip])),
  );
  return all.length > 3 ? `${all.slice(0, 3).join(',')} + ${all.length - 3} more...` : joined(all);
}

function jobStatus(object: KubeObject): string {
  const conditions = (at(object, 'status.conditions') ?? []) as Fields[];
  const is = (type: string) => conditions.some((one) => one['type'] === type && one['status'] === 'True');
  if (is('Complete')) return 'Complete';
  if (is('Failed')) return 'Failed';
  if (object.metadata.deletionTimestamp) return 'Terminating';
  return is('Suspended') ? 'Suspended' : 'Running';
}
