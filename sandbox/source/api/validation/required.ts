// Fields that an object of a kind must have, and that must agree with each other.
import {kinds, type Kind} from '../../store/kinds.ts';
import type {KubeObject} from '../../store/objects.ts';
import {scalarText} from '../../store/scalar-text.ts';
import {parseQuantity} from '../../quantity.ts';
import {labelSelector} from '../selectors.ts';
import {fieldError, type FieldError} from '../status-answer.ts';
import {labelErrors, nameErrors} from './names.ts';

type Fields = Record<string, unknown>;
const record = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});
const list = (value: unknown): Fields[] => (Array.isArray(value) ? (value as Fields[]) : []);

/** The errors of an object that has its defaults, at creation and at every later write. */
export function objectErrors(kind: Kind, object: KubeObject): FieldError[] {
  const metadata = [
    ...nameErrors(kind, object.metadata.name),
    ...labelErrors(object.metadata.labels, 'metadata.labels'),
  ];
  return [...metadata, ...(rules.get(kind)?.(record(object['spec']), object) ?? [])];
}

const rules = new Map<Kind, (spec: Fields, object: KubeObject) => FieldError[]>([
  [kinds.pod, (spec) => podSpecErrors(spec, 'spec')],
  [kinds.statefulSet, statefulSetErrors],
  [kinds.service, serviceErrors],
  [kinds.claim, (spec) => claimErrors(spec, 'spec')],
  [kinds.secret, (_spec, object) => [...dataErrors(object, 'data'), ...secretTypeErrors(object)]],
  [kinds.configMap, (_spec, object) => dataErrors(object, 'data')],
  [
    kinds.job,
    (spec) => podSpecErrors(record(record(spec['template'])['spec']), 'spec.template.spec', ['Never', 'OnFailure']),
  ],
  [kinds.cronJob, cronJobErrors],
  [kinds.storageClass, (_spec, object) => (object['provisioner'] ? [] : [fieldError.required('provisioner')])],
  [
    kinds.lease,
    (spec) =>
      spec['leaseDurationSeconds'] !== undefined && Number(spec['leaseDurationSeconds']) <= 0
        ? [fieldError.invalid('spec.leaseDurationSeconds', spec['leaseDurationSeconds'], 'must be greater than 0')]
        : [],
  ],
]);

function podSpecErrors(
  spec: Fields,
  path: string,
  policies: readonly string[] = ['Always', 'OnFailure', 'Never'],
): FieldError[] {
  const errors: FieldError[] = [];
  const volumes = new Set(list(spec['volumes']).map(({name}) => name));
  const containers = list(spec['containers']);
  if (containers.length === 0) errors.push(fieldError.required(`${path}.containers`));
  const names = new Set<unknown>();
  for (const [group, items] of [
    ['initContainers', list(spec['initContainers'])],
    ['containers', containers],
  ] as const) {
    items.forEach((container, index) => {
      const at = `${path}.${group}[${index}]`;
      if (!container['name']) errors.push(fieldError.required(`${at}.name`));
      else if (names.has(container['name'])) errors.push(fieldError.duplicate(`${at}.name`, container['name']));
      names.add(container['name']);
      if (!container['image']) errors.push(fieldError.required(`${at}.image`));
      list(container['volumeMounts']).forEach((mount, place) => {
        const known =
          volumes.has(mount['name']) || list(spec['claimTemplates']).some(({name}) => name === mount['name']);
        if (!known) errors.push(fieldError.notFound(`${at}.volumeMounts[${place}].name`, mount['name']));
        if (!mount['mountPath']) errors.push(fieldError.required(`${at}.volumeMounts[${place}].mountPath`));
      });
      const {requests = {}, limits = {}} = record(container['resources']) as {
        requests?: Record<string, string>;
        limits?: Record<string, string>;
      };
      for (const [resource, asked] of Object.entries(requests)) {
        const limit = limits[resource];
        if (limit !== undefined && compare(asked, limit) > 0)
          errors.push(
            fieldError.invalid(
              `${at}.resources.requests`,
              asked,
              `must be less than or equal to ${resource} limit of ${limit}`,
            ),
          );
      }
    });
  }
  if (!policies.includes(String(spec['restartPolicy'])))
    errors.push(fieldError.unsupported(`${path}.restartPolicy`, spec['restartPolicy'], policies));
  return errors;
}

function statefulSetErrors(spec: Fields): FieldError[] {
  const template = record(spec['template']);
  const labels = record(record(template['metadata'])['labels']) as Record<string, string>;
  const {matchLabels = {}} = record(spec['selector']) as {matchLabels?: Record<string, string>};
  const selector = Object.entries(matchLabels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  const strategy = record(spec['updateStrategy']);
  const templates = list(spec['volumeClaimTemplates']);
  // A claim template is a volume too, by its name.
  const withClaims = {
    ...record(template['spec']),
    volumes: [
      ...list(record(template['spec'])['volumes']),
      ...templates.map((claim) => ({name: record(claim['metadata'])['name']})),
    ],
  };
  return [
    ...(spec['selector'] === undefined
      ? [fieldError.required('spec.selector')]
      : Object.keys(matchLabels).length === 0
        ? [fieldError.invalid('spec.selector', spec['selector'], 'empty selector is invalid for statefulset')]
        : []),
    ...(spec['selector'] === undefined || !labelSelector(selector)(labels)
      ? [fieldError.invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`')]
      : []),
    ...(Number(spec['replicas']) < 0
      ? [fieldError.invalid('spec.replicas', spec['replicas'], 'must be greater than or equal to 0')]
      : []),
    ...(['RollingUpdate', 'OnDelete'].includes(String(strategy['type']))
      ? []
      : [fieldError.invalid('spec.updateStrategy', spec['updateStrategy'], `must be 'RollingUpdate' or 'OnDelete'`)]),
    ...(strategy['type'] === 'OnDelete' && strategy['rollingUpdate'] !== undefined
      ? [
          fieldError.invalid(
            'spec.updateStrategy.rollingUpdate',
            {Partition: record(strategy['rollingUpdate'])['partition'] ?? 0, MaxUnavailable: null},
            "only allowed for updateStrategy 'RollingUpdate'",
          ),
        ]
      : []),
    ...podSpecErrors(withClaims, 'spec.template.spec', ['Always']),
    ...templates.flatMap((claim, index) =>
      claimErrors(record(claim['spec']), `spec.volumeClaimTemplates[${index}].spec`),
    ),
  ];
}

function serviceErrors(spec: Fields): FieldError[] {
  const ports = list(spec['ports']);
  const headless = spec['clusterIP'] === 'None';
  return [
    ...(ports.length === 0 && !headless && spec['type'] !== 'ExternalName' ? [fieldError.required('spec.ports')] : []),
    ...ports.flatMap((port, index) => [
      ...(inRange(port['port'])
        ? []
        : [
            fieldError.invalid(
              `spec.ports[${index}].port`,
              port['port'] ?? 0,
              'must be between 1 and 65535, inclusive',
            ),
          ]),
      ...(ports.length > 1 && !port['name'] ? [fieldError.required(`spec.ports[${index}].name`)] : []),
    ]),
    ...(['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'].includes(String(spec['type']))
      ? []
      : [fieldError.unsupported('spec.type', spec['type'], ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'])]),
  ];
}

function claimErrors(spec: Fields, path: string): FieldError[] {
  const modes = list(spec['accessModes']) as unknown[] as string[];
  const known = ['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod'];
  const size = record(record(spec['resources'])['requests'])['storage'];
  return [
    ...(modes.length === 0 ? [fieldError.required(`${path}.accessModes`, 'at least 1 access mode is required')] : []),
    ...modes
      .filter((mode) => !known.includes(mode))
      .map((mode) => fieldError.unsupported(`${path}.accessModes`, mode, [...known].sort())),
    ...(size === undefined ? [fieldError.required(`${path}.resources[storage]`)] : []),
    ...(size !== undefined && compare(scalarText(size), '0') <= 0
      ? [fieldError.invalid(`${path}.resources[storage]`, size, 'must be greater than zero')]
      : []),
  ];
}

function dataErrors(object: KubeObject, field: string): FieldError[] {
  const wrong =
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or " +
    "'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";
  const size = Object.values(record(object[field])).reduce<number>((sum, value) => sum + String(value).length, 0);
  return [
    ...Object.keys(record(object[field]))
      .filter((key) => !/^[-._a-zA-Z0-9]+$/.test(key))
      .map((key) => fieldError.invalid(`${field}[${key}]`, key, wrong)),
    ...(size > (4 / 3) * 1024 * 1024
      ? [{field, reason: 'FieldValueTooLong', message: `Too long: may not be more than 1048576 bytes`}]
      : []),
  ];
}

/** Types whose data must have certain keys. */
function secretTypeErrors({type, data}: KubeObject): FieldError[] {
  const wanted: Readonly<Record<string, readonly string[]>> = {
    'kubernetes.io/tls': ['tls.crt', 'tls.key'],
    'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
    'kubernetes.io/ssh-auth': ['ssh-privatekey'],
  };
  return (wanted[String(type)] ?? [])
    .filter((key) => record(data)[key] === undefined)
    .map((key) => fieldError.required(`data[${key}]`));
}

function cronJobErrors(spec: Fields): FieldError[] {
  const schedule = scalarText(spec['schedule']);
  const template = record(record(record(record(spec['jobTemplate'])['spec'])['template'])['spec']);
  const fields = schedule.trim().split(/\s+/).length;
  return [
    ...(schedule === '' ? [fieldError.required('spec.schedule')] : []),
    ...(schedule !== '' && !schedule.startsWith('@') && fields !== 5
      ? [
          fieldError.invalid(
            'spec.schedule',
            schedule,
            `expected exactly 5 fields, found ${fields}: [${schedule.trim().split(/\s+/).join(' ')}]`,
          ),
        ]
      : []),
    ...podSpecErrors(template, 'spec.jobTemplate.spec.template.spec', ['Never', 'OnFailure']),
  ];
}

function inRange(port: unknown): boolean {
  return typeof port === 'number' && port >= 1 && port <= 65535;
}

function compare(a: string, b: string): number {
  const difference = (parseQuantity(a) ?? 0n) - (parseQuantity(b) ?? 0n);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}
