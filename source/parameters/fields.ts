// The one table of parameters: the form, --help, the environment, the answers file and the docs come from it.
import {defaultImageTag} from '../chart/image.ts';
import type {Answers} from './answers.ts';
import type {Field, Parsed} from './field.ts';
import {allowFromOf, choice, field, laterField, readersOf, textAnswer} from './field.ts';
import {databaseProblem, instanceTypeProblem, objectNameProblem, usernameProblem} from './identifiers.ts';
import {imageDigestProblem, imageTagProblem, parseImageSource} from './image-source.ts';
import {hostnameProblem} from './network.ts';
import {cpuProblem, memoryProblem, storageSizeProblem} from './sizes.ts';

const image =
  (key: 'tag' | 'digest' | 'pullSecret', problemOf: (text: string) => string | null) =>
  (text: string): Parsed<Answers> => {
    const problem = problemOf(text);
    return problem === null ? {value: {images: {[key]: text}}} : {problem};
  };
const imageSource = (text: string): Parsed<Answers> => {
  const source = parseImageSource(text);
  return 'problem' in source ? source : {value: {images: {source: source.value}}};
};

export const fields: readonly Field[] = [
  field({
    key: 'username',
    label: 'Username',
    hint: 'The role that your applications log in as. It cannot be changed later.',
    defaultText: 'postgres',
    changes: 'never',
    flags: [{name: '--username', argument: 'name'}],
    parse: textAnswer('username', usernameProblem),
  }),
  field({
    key: 'password',
    label: 'Password',
    hint: '12 to 100 characters. Also from the variable PGHI_PASSWORD, or typed unseen on a terminal.',
    defaultText: 'generated, 24 characters',
    changes: 'rotate',
    flags: [
      {name: '--password-file', argument: 'file', help: 'read the password from a file', read: null},
      {name: '--password-stdin', argument: null, help: 'read the password from standard input', read: null},
      {name: '--allow-weak-password', argument: null, help: 'take a password shorter than 12 characters', read: null},
    ],
    variables: [{name: 'PGHI_PASSWORD', read: null}],
    parse: () => ({
      problem: 'a password is never given here. Use --password-file, --password-stdin or the variable PGHI_PASSWORD.',
    }),
  }),
  field({
    key: 'instanceType',
    label: 'Instance type',
    hint: 'Nodes with this value of the label node.kubernetes.io/instance-type run the database; any takes every node.',
    defaultText: 't3.medium where the cluster has such nodes, else any',
    changes: 'later',
    flags: [{name: '--instance-type', argument: 'type'}],
    parse: textAnswer('instanceType', instanceTypeProblem),
  }),
  field({
    key: 'storageSize',
    label: 'Storage size',
    hint: 'A quantity such as 20Gi or 500Gi, for each pod. It can grow later, never shrink.',
    defaultText: '20Gi',
    changes: 'grows',
    flags: [{name: '--storage-size', argument: 'quantity'}],
    parse: textAnswer('storageSize', storageSizeProblem),
  }),
  field({
    key: 'readReplicaCount',
    label: 'Read replicas',
    hint: 'How many readers follow the writer, 0 to 15.',
    defaultText: '0',
    changes: 'later',
    flags: [{name: '--read-replicas', argument: 'number'}],
    parse: readersOf,
  }),
  field({
    key: 'database',
    label: 'Database',
    hint: 'The database that is made for the user. It cannot be changed later.',
    defaultText: 'postgres',
    changes: 'never',
    flags: [{name: '--database', argument: 'name'}],
    parse: textAnswer('database', databaseProblem),
  }),
  field({
    key: 'storageClass',
    label: 'Storage class',
    hint: 'The StorageClass of the volumes. It cannot be changed later.',
    defaultText: "the cluster's default",
    changes: 'never',
    flags: [{name: '--storage-class', argument: 'name'}],
    parse: textAnswer('storageClass', objectNameProblem),
  }),
  field({
    key: 'exposure',
    label: 'Exposure',
    hint: 'Who reaches the database: cluster (inside only), load-balancer or node-port.',
    defaultText: 'cluster',
    changes: 'later',
    flags: [{name: '--exposure', argument: 'kind'}],
    parse: choice('exposure', ['cluster', 'load-balancer', 'node-port']),
  }),
  field({
    key: 'allowFrom',
    label: 'Allow from',
    hint: 'Whom a load balancer lets in: ranges such as 10.0.0.0/8,192.168.0.0/16, or internal, or public.',
    defaultText: 'none; needed with load-balancer',
    changes: 'later',
    exclusive: true,
    flags: [
      {name: '--allow-from', argument: 'CIDR,…', help: 'the ranges that a load balancer lets in, such as 10.0.0.0/8'},
      {
        name: '--internal',
        argument: null,
        help: "a load balancer inside the cloud's network only",
        read: () => ({value: {allowFrom: {kind: 'internal'}}}),
      },
      {
        name: '--allow-public',
        argument: null,
        help: 'a load balancer open to everybody',
        read: () => ({value: {allowFrom: {kind: 'public'}}}),
      },
    ],
    parse: allowFromOf,
  }),
  field({
    key: 'hostname',
    label: 'Hostname',
    hint: 'A name such as db.example.com for external-dns. The reader gets reader-db.example.com.',
    defaultText: 'none',
    changes: 'later',
    flags: [{name: '--hostname', argument: 'name'}],
    parse: textAnswer('hostname', hostnameProblem, (text) => text.toLowerCase()),
  }),
  field({
    key: 'cpu',
    label: 'CPU',
    hint: 'What each pod asks for, such as 500m or 2. It may use more where the node has it.',
    defaultText: "half of the smallest fitting node's; 500m for any",
    changes: 'later',
    flags: [{name: '--cpu', argument: 'quantity'}],
    parse: textAnswer('cpu', cpuProblem),
  }),
  field({
    key: 'memory',
    label: 'Memory',
    hint: 'What each pod gets, such as 2Gi; at least 256Mi. It is also its limit.',
    defaultText: "half of the smallest fitting node's; 512Mi for any",
    changes: 'later',
    flags: [{name: '--memory', argument: 'quantity'}],
    parse: textAnswer('memory', memoryProblem),
  }),
  field({
    key: 'spread',
    label: 'Spread',
    hint: 'One pod of the database a node: required, or preferred.',
    defaultText: 'required where enough nodes fit, else preferred',
    changes: 'later',
    flags: [{name: '--spread', argument: 'how'}],
    parse: choice('spread', ['required', 'preferred']),
  }),
  field({
    key: 'images',
    label: 'Images',
    hint: 'Where the images come from: bitnamilegacy (frozen since August 2025) or mirror:REGISTRY[/PATH].',
    defaultText: `bitnamilegacy, ${defaultImageTag}`,
    changes: 'later',
    flags: [
      {
        name: '--image-source',
        argument: 'source',
        help: 'bitnamilegacy (frozen since August 2025) or mirror:REGISTRY[/PATH]',
        defaultText: 'bitnamilegacy',
      },
      {
        name: '--image-tag',
        argument: 'tag',
        help: "the PostgreSQL image's tag",
        defaultText: defaultImageTag,
        read: image('tag', imageTagProblem),
      },
      {
        name: '--image-digest',
        argument: 'digest',
        help: 'sha256:…, wins over the tag',
        read: image('digest', imageDigestProblem),
      },
      {
        name: '--pull-secret',
        argument: 'name',
        help: 'a Secret of the namespace to pull the images with',
        read: image('pullSecret', objectNameProblem),
      },
    ],
    variables: [
      {name: 'PGHI_IMAGES', read: imageSource},
      {name: 'PGHI_IMAGE_SOURCE', read: imageSource},
      {name: 'PGHI_IMAGE_TAG', read: image('tag', imageTagProblem)},
      {name: 'PGHI_IMAGE_DIGEST', read: image('digest', imageDigestProblem)},
      {name: 'PGHI_PULL_SECRET', read: image('pullSecret', objectNameProblem)},
    ],
    parse: imageSource,
  }),
  field({
    key: 'extraValues',
    label: 'Extra values',
    hint: 'A file of chart values that the installer does not set itself, merged last.',
    defaultText: 'none',
    changes: 'later',
    flags: [{name: '--values', argument: 'file', read: null}],
    variables: [{name: 'PGHI_EXTRA_VALUES', read: null}],
    parse: () => ({problem: 'chart values come from a file. Use --values FILE.'}),
  }),
  laterField(
    'synchronousReplicas',
    'Synchronous replicas',
    'How many readers must have a commit before it counts.',
    [['--synchronous-replicas', 'number']],
    '0',
  ),
  laterField(
    'allowNamespaces',
    'Allowed namespaces',
    'Only pods of these namespaces reach the database.',
    [['--allow-namespaces', 'a,b']],
    'all',
  ),
  laterField('serviceMesh', 'Service mesh', 'none, istio or linkerd.', [['--service-mesh', 'mesh']], 'none'),
  laterField('tls', 'TLS', 'off, self-signed or secret:NAME.', [['--tls', 'how']], 'off'),
  laterField(
    'backup',
    'Backup',
    'Dumps on a schedule, to a volume that stays on uninstall.',
    [
      ['--backup-schedule', 'cron'],
      ['--backup-size', 'quantity', 'how large that volume is'],
    ],
    'off',
  ),
  laterField('metrics', 'Metrics', 'A metrics exporter beside each database.', [['--metrics', null]], 'off'),
  laterField(
    'postgresConfig',
    'PostgreSQL settings',
    'A setting of PostgreSQL; the flag can be repeated.',
    [['--postgres-config', 'key=value']],
    'none',
  ),
];
