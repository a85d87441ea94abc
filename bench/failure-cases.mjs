// What goes wrong, as flags of ours and as the chart's values for helm; `prepare` makes the place for it.
import {ours, chart, jsonFile, kubectl} from './place.mjs';

const inBoth = (values) => ({primary: values, readReplicas: values});
const file = (name, values) => ['--values', jsonFile(`${name}.json`, values)];
const unreadable = inBoth({extendedConfiguration: 'shared_buffers = plenty'});
const tooLarge = inBoth({extendedConfiguration: 'shared_buffers = 16GB'});
const privileged = {primary: {containerSecurityContext: {allowPrivilegeEscalation: true}}};
const create = (namespace, ...words) => kubectl(['-n', namespace, 'create', ...words]);

export const failures = [
  {
    title: 'A tag that the registry does not have',
    ours: ['--image-tag', '17.99-bookworm'],
    values: {image: {tag: '17.99-bookworm'}},
  },
  {
    title: 'A registry that wants credentials',
    ours: ['--image-source', 'image:docker.io/private/postgres'],
    values: {image: {repository: 'private/postgres'}},
  },
  {
    title: 'A registry that counts pulls and refuses more',
    ours: ['--image-source', 'image:docker.io/limited/postgres'],
    values: {image: {repository: 'limited/postgres'}},
  },
  {
    title: 'A storage class that is not there',
    ours: ['--storage-class', 'nope'],
    values: inBoth({persistence: {storageClass: 'nope'}}),
  },
  {
    title: 'A storage class that nobody provides',
    ours: ['--storage-class', 'unprovisioned'],
    values: inBoth({persistence: {storageClass: 'unprovisioned'}}),
  },
  {
    title: 'More memory than any node has',
    ours: ['--memory', '64Gi'],
    values: inBoth({resources: {requests: {memory: '64Gi'}, limits: {memory: '64Gi'}}}),
  },
  {
    title: 'A quota that leaves no room',
    ours: [],
    values: {},
    prepare: (namespace) => create(namespace, 'quota', 'tight', '--hard=pods=1'),
  },
  {
    title: 'A namespace that lets no such pod in',
    ours: file('privileged', privileged),
    values: privileged,
    prepare: (namespace) => kubectl(['label', 'namespace', namespace, 'pod-security.kubernetes.io/enforce=restricted']),
  },
  {
    title: 'A setting that PostgreSQL refuses',
    ours: file('unreadable', unreadable),
    values: unreadable,
  },
  {
    title: 'More shared buffers than the memory limit',
    ours: file('too-large', tooLarge),
    values: tooLarge,
  },
  {
    title: "Somebody else's Service of the same name",
    ours: [],
    values: {},
    prepare: (namespace) => create(namespace, 'service', 'clusterip', 'orders-postgresql-primary', '--tcp=5432'),
  },
  {
    title: 'A volume of an earlier release with another password',
    ours: ['--password-file', jsonFile('another-password', 'only-for-the-bench')],
    values: {},
    async prepare(namespace, {release, flags}) {
      const where = [release, '-n', namespace, '--yes'];
      await ours(['install', ...where, '--chart', chart, ...flags]);
      await ours(['uninstall', ...where]);
      await kubectl(['-n', namespace, 'delete', 'secret', `${release}-postgresql-auth`]);
    },
  },
];
