/*
 * Renders the chart of the registry and the sandbox's own with the same values and compares every object, so that what
 * the installer proves in the sandbox holds outside of it.
 *   PGHI_CHART=path/to/postgresql node scripts/compare-chart.mjs      (PGHI_HELM: another helm than that on PATH)
 */
import {execFileSync, spawnSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {parse, parseAllDocuments} from 'yaml';

/**
 * What the sandbox's chart leaves out or does otherwise on purpose. It refuses the `values` that are given here, so
 * that nothing is left out unseen.
 */
const omissions = [
  {path: /^Secret\/[^/]+\.data\.(tls\.crt|tls\.key|ca\.crt)$/, reason: 'a certificate is new in every rendering'},
  {path: /^CronJob\/.*\.containers\[[^\]]*\]\.command\[2\]$/, reason: 'the same pg_dumpall in words of our own'},
  {path: /^values\.backup\.cronjob\.command\[2\]$/, reason: 'the same'},
  {reason: 'OpenShift (global.compatibility): the sandbox is none'},
  {values: {ldap: {enabled: true, server: 'ldap.example'}}, reason: 'LDAP: the installer has no parameter for it'},
  {values: {volumePermissions: {enabled: true}}, reason: 'runs as root, which Pod Security `restricted` refuses'},
  {values: {passwordUpdateJob: {enabled: true}}, reason: 'the installer changes passwords itself'},
  {values: {serviceBindings: {enabled: true}}, reason: 'writes passwords into the release'},
  {
    values: {primary: {preInitDb: {scripts: {'a.sh': 'true'}}}},
    reason: 'scripts before the first start: initdb is enough',
  },
  {values: {rbac: {create: true}}, reason: 'the pods never speak to the API server'},
  {
    values: {primary: {standby: {enabled: true, primaryHost: 'other', primaryPort: 5432}}},
    reason: 'a writer that follows another cluster',
  },
  {
    values: {metrics: {enabled: true, prometheusRule: {enabled: true, rules: [{alert: 'A'}]}}},
    reason: 'alerts are for whoever runs Prometheus',
  },
];

const replication = (readers, more = {}) => ({
  architecture: 'replication',
  ...more,
  readReplicas: {replicaCount: readers, ...more.readReplicas},
});
const legacy = {
  global: {security: {allowInsecureImages: true}},
  image: {repository: 'bitnamilegacy/postgresql'},
  metrics: {image: {repository: 'bitnamilegacy/postgres-exporter'}},
  volumePermissions: {image: {repository: 'bitnamilegacy/os-shell'}},
};
const auth = {
  existingSecret: 'orders-postgresql-auth',
  username: 'app',
  database: 'appdb',
  secretKeys: {
    adminPasswordKey: 'postgres-password',
    userPasswordKey: 'password',
    replicationPasswordKey: 'replication-password',
  },
};
const ranges = ['10.0.0.0/8', '192.168.0.0/16'];

/** What the installer gives to the writer and the readers alike. */
const member = {
  startupProbe: {enabled: true, initialDelaySeconds: 0, periodSeconds: 1, timeoutSeconds: 5, failureThreshold: 86400},
  readinessProbe: {initialDelaySeconds: 0},
  lifecycleHooks: {
    preStop: {exec: {command: ['/bin/sh', '-c', 'kill -INT $(head -1 /bitnami/postgresql/data/postmaster.pid)']}},
  },
  updateStrategy: {type: 'OnDelete', rollingUpdate: null},
  affinity: {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        {
          topologyKey: 'kubernetes.io/hostname',
          labelSelector: {
            matchLabels: {'app.kubernetes.io/instance': '{{ .Release.Name }}', 'app.kubernetes.io/name': 'postgresql'},
            matchExpressions: [{key: 'app.kubernetes.io/component', operator: 'In', values: ['primary', 'read']}],
          },
        },
      ],
    },
  },
  nodeSelector: {'node.kubernetes.io/instance-type': 't3.medium'},
  tolerations: [{key: 'database', operator: 'Exists', effect: 'NoSchedule'}],
  resources: {requests: {cpu: '500m', memory: '2Gi'}, limits: {memory: '2Gi'}},
  persistence: {size: '20Gi', storageClass: 'gp3'},
  podAnnotations: {'sidecar.istio.io/inject': 'false', release: '{{ .Release.Name }}'},
  podLabels: {team: 'a'},
  extendedConfiguration: 'shared_buffers = 512MB\nmax_connections = 200\n\nwork_mem = 8MB\n',
  networkPolicy: {
    allowExternal: false,
    extraIngress: [
      {
        from: [
          {
            namespaceSelector: {
              matchExpressions: [{key: 'kubernetes.io/metadata.name', operator: 'In', values: ['a', 'b']}],
            },
          },
        ],
        ports: [{port: 5432}],
      },
    ],
  },
};
const installer = {
  ...legacy,
  architecture: 'replication',
  auth,
  primary: member,
  // Where commits wait for readers, only the writer is told so.
  readReplicas: {...member, replicaCount: 2, extendedConfiguration: 'shared_buffers = 512MB\n'},
};
const entrypoint = {
  command: ['bash', '-c'],
  args: ['exec bash /opt/pghi/entrypoint.sh'],
  extraVolumes: [{name: 'entrypoint', configMap: {name: 'entrypoint', defaultMode: 493}}],
  extraVolumeMounts: [{name: 'entrypoint', mountPath: '/opt/pghi'}],
  extraEnvVars: [
    {name: 'LANG', value: 'C.UTF-8'},
    {name: 'RELEASE', value: '{{ .Release.Name }}'},
  ],
};
const everything = {
  ...member,
  command: ['/bin/sh'],
  args: ['-c', 'true'],
  labels: {a: 'b'},
  annotations: {a: 'b'},
  extraEnvVarsCM: 'variables',
  extraEnvVarsSecret: 'secrets',
  initContainers: [{name: 'first', image: 'docker.io/library/busybox'}],
  sidecars: [{name: 'beside', image: 'docker.io/library/busybox'}],
  extraPodSpec: {shareProcessNamespace: true},
  hostAliases: [{ip: '127.0.0.1', hostnames: ['x']}],
  topologySpreadConstraints: [{maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway'}],
  priorityClassName: 'high',
  schedulerName: 'other',
  terminationGracePeriodSeconds: 60,
  pdb: {minAvailable: 1, maxUnavailable: ''},
  networkPolicy: {
    allowExternal: false,
    allowExternalEgress: false,
    ingressNSMatchLabels: {a: 'b'},
    ingressNSPodMatchLabels: {c: 'd'},
    extraEgress: [{ports: [{port: 443}]}],
  },
  service: {
    clusterIP: '10.0.0.9',
    labels: {a: 'b'},
    annotations: {a: 'b'},
    headless: {annotations: {h: 'l'}},
    sessionAffinity: 'ClientIP',
    sessionAffinityConfig: {clientIP: {timeoutSeconds: 9}},
    extraPorts: [{name: 'pool', port: 6432, targetPort: 6432}],
    ports: {postgresql: 5433},
  },
  persistence: {
    storageClass: '-',
    subPath: 'sub',
    accessModes: ['ReadWriteOncePod'],
    annotations: {a: 'b'},
    labels: {a: 'b'},
    selector: {matchLabels: {a: 'b'}},
    dataSource: {kind: 'PersistentVolumeClaim', name: 'old'},
  },
  persistentVolumeClaimRetentionPolicy: {enabled: true, whenDeleted: 'Delete'},
};
const custom = {
  customLivenessProbe: {tcpSocket: {port: 5432}},
  customReadinessProbe: {tcpSocket: {port: 5432}},
  customStartupProbe: {tcpSocket: {port: 5432}},
};
const presets = {
  podAffinityPreset: 'soft',
  podAntiAffinityPreset: 'hard',
  nodeAffinityPreset: {type: 'soft', key: 'k', values: ['v']},
  resourcesPreset: 'small',
};

const cases = [
  ['replication, no reader', 'orders', replication(0)],
  ['replication, 1 reader', 'orders', replication(1)],
  ['replication, 3 readers', 'orders', replication(3)],
  ['standalone', 'orders', {}],
  ['standalone, without passwords as files', 'orders', {auth: {usePasswordFiles: false}}],
  ['release my-postgresql', 'my-postgresql', replication(1)],
  ['release my.db', 'my.db', replication(1)],
  ['release of 33 characters', `a${'b'.repeat(32)}`, replication(1)],
  ['release of 53 characters', `a${'b'.repeat(52)}`, replication(1)],
  ['release of 53 characters, standalone', `a${'b'.repeat(52)}`, {}],
  ['fullnameOverride', 'orders', replication(1, {fullnameOverride: 'mydb'})],
  ['fullnameOverride of 60 characters', 'orders', replication(1, {fullnameOverride: `m${'y'.repeat(59)}`})],
  ['global.postgresql.fullnameOverride', 'orders', replication(1, {global: {postgresql: {fullnameOverride: 'mydb'}}})],
  ['nameOverride', 'orders', replication(1, {nameOverride: 'main'})],
  ['writer without a suffix', 'orders', replication(1, {primary: {name: ''}, readReplicas: {name: 'ro'}})],
  [
    'custom user, chart-made Secret',
    'orders',
    replication(1, {
      auth: {
        username: 'app',
        password: 'app-password',
        postgresPassword: 'admin-password',
        replicationPassword: 'repl-password',
        database: 'appdb',
      },
    }),
  ],
  ['custom user, random passwords', 'orders', replication(1, {auth: {username: 'app', database: 'appdb'}})],
  ['custom user, passwords as variables', 'orders', replication(1, {auth: {...auth, usePasswordFiles: false}})],
  [
    'user postgres by name',
    'orders',
    replication(1, {auth: {username: 'postgres', password: 'some-password', database: '{{ .Release.Name }}'}}),
  ],
  [
    'existing Secret with other keys',
    'orders',
    replication(1, {
      auth: {...auth, secretKeys: {adminPasswordKey: 'a', userPasswordKey: 'b', replicationPasswordKey: 'c'}},
    }),
  ],
  [
    'global auth',
    'orders',
    replication(1, {
      global: {
        postgresql: {
          auth: {
            username: 'g',
            database: 'gdb',
            existingSecret: 's-{{ .Release.Name }}',
            secretKeys: {userPasswordKey: 'u'},
          },
          service: {ports: {postgresql: 5555}},
        },
      },
    }),
  ],
  ['bitnamilegacy', 'orders', replication(1, legacy)],
  ['bitnamilegacy without the flag', 'orders', replication(1, {...legacy, global: {}})],
  [
    'mirror with digest and pull secret',
    'orders',
    replication(1, {
      global: {
        imageRegistry: 'mirror.example',
        imagePullSecrets: ['pull', {name: 'pull-{{ .Release.Name }}'}],
        security: {allowInsecureImages: true},
      },
      image: {
        repository: 'team/postgresql',
        digest: `sha256:${'0'.repeat(64)}`,
        pullPolicy: 'Always',
        pullSecrets: ['pull', 'more'],
      },
    }),
  ],
  [
    'load balancer with ranges and annotations',
    'orders',
    replication(1, {
      primary: {
        service: {
          type: 'LoadBalancer',
          annotations: {'external-dns.alpha.kubernetes.io/hostname': 'db.example'},
          loadBalancerSourceRanges: ranges,
          loadBalancerClass: 'inside',
          externalTrafficPolicy: 'Local',
          nodePorts: {postgresql: 31000},
        },
      },
      readReplicas: {
        service: {
          type: 'LoadBalancer',
          annotations: {'external-dns.alpha.kubernetes.io/hostname': 'reader-db.example'},
          loadBalancerSourceRanges: [ranges.join(', ')],
          loadBalancerIP: '10.1.1.1',
        },
      },
    }),
  ],
  [
    "two ranges for the readers (the registry's fault)",
    'orders',
    replication(1, {readReplicas: {service: {type: 'LoadBalancer', loadBalancerSourceRanges: ranges}}}),
  ],
  [
    'node port',
    'orders',
    replication(1, {
      primary: {service: {type: 'NodePort', nodePorts: {postgresql: 31000}}},
      readReplicas: {service: {type: 'NodePort'}},
    }),
  ],
  ['as the installer: all of it', 'orders', installer],
  [
    'as the installer: official image',
    'orders',
    {
      ...installer,
      image: {registry: 'docker.io', repository: 'library/postgres', tag: '17.6-bookworm'},
      postgresqlSharedPreloadLibraries: '',
      primary: {...member, ...entrypoint},
      readReplicas: {...member, ...entrypoint, replicaCount: 2},
    },
  ],
  [
    'as the installer: synchronous',
    'orders',
    {...installer, replication: {synchronousCommit: 'on', numSynchronousReplicas: 1, applicationName: 'reader'}},
  ],
  [
    'as the installer: backup',
    'orders',
    {
      ...installer,
      backup: {
        enabled: true,
        cronjob: {
          schedule: '0 3 * * *',
          timeZone: 'UTC',
          nodeSelector: {a: 'b'},
          storage: {size: '9Gi', storageClass: 'gp3', resourcePolicy: 'keep'},
        },
      },
    },
  ],
  ['backup with defaults', 'orders', {backup: {enabled: true}}],
  [
    'as the installer: metrics',
    'orders',
    {
      ...installer,
      metrics: {
        ...legacy.metrics,
        enabled: true,
        collectors: {wal: false},
        customMetrics: {q: {query: 'SELECT 1'}},
        serviceMonitor: {enabled: true, interval: '30s', labels: {release: 'prometheus'}},
      },
    },
  ],
  ['metrics with defaults', 'orders', {metrics: {enabled: true}}],
  ['as the installer: TLS of its own', 'orders', {...installer, tls: {enabled: true, autoGenerated: true}}],
  [
    'as the installer: TLS of a Secret',
    'orders',
    {
      ...installer,
      backup: {enabled: true},
      tls: {
        enabled: true,
        certificatesSecret: 'crt',
        certFilename: 'tls.crt',
        certKeyFilename: 'tls.key',
        certCAFilename: 'ca.crt',
      },
    },
  ],
  [
    'every value of a member',
    'orders',
    replication(1, {
      primary: everything,
      readReplicas: everything,
      commonLabels: {everywhere: 'yes'},
      commonAnnotations: {everywhere: 'yes'},
      secretAnnotations: {s: 'a'},
      serviceAccount: {annotations: {s: 'a'}},
      shmVolume: {sizeLimit: '256Mi'},
    }),
  ],
  ['custom probes', 'orders', replication(1, {primary: custom, readReplicas: custom})],
  ['presets', 'orders', replication(1, {primary: presets, readReplicas: presets})],
  [
    'whole configuration and initdb',
    'orders',
    replication(1, {
      primary: {
        configuration: 'port = 5432\n',
        pgHbaConfiguration: 'local all all trust\nhost all all all scram-sha-256',
        initdb: {args: '--data-checksums', user: 'postgres', scripts: {'a.sql': 'SELECT 1;\n'}, scriptsSecret: 'init'},
      },
    }),
  ],
  [
    'configuration of others',
    'orders',
    replication(1, {
      primary: {
        existingConfigmap: 'c-{{ .Release.Name }}',
        existingExtendedConfigmap: 'e',
        initdb: {scriptsConfigMap: 's'},
      },
    }),
  ],
  [
    'no volumes',
    'orders',
    replication(1, {
      primary: {persistence: {enabled: false}},
      readReplicas: {persistence: {existingClaim: 'old'}},
      shmVolume: {enabled: false},
    }),
  ],
  [
    'global storage classes',
    'orders',
    replication(1, {global: {defaultStorageClass: 'd'}, primary: {persistence: {storageClass: 'p'}}}),
  ],
  [
    'global storage class',
    'orders',
    replication(1, {global: {storageClass: 'g'}, primary: {persistence: {storageClass: 'p'}}}),
  ],
  ['diagnostic mode', 'orders', replication(1, {diagnosticMode: {enabled: true}})],
  [
    'nothing besides',
    'orders',
    replication(1, {
      primary: {pdb: {create: false}, networkPolicy: {enabled: false}},
      serviceAccount: {create: false},
      audit: {logConnections: true, logLinePrefix: '%m', pgAuditLog: 'READ'},
      extraDeploy: [{apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: 'extra-{{ .Release.Name }}'}}],
    }),
  ],
];

/** Values that both charts must refuse, and the words that tell why. */
const refusals = [
  [
    'images of others',
    {image: {registry: 'ghcr.io', repository: 'acme/postgresql'}},
    [
      /execution error at \(postgresql\/templates\/NOTES\.txt/,
      /Unrecognized images:\n\s+- ghcr\.io\/acme\/postgresql:17\.6\.0-debian-12-r0/,
      /global\.security\.allowInsecureImages/,
    ],
  ],
  [
    'a registry of others',
    {global: {imageRegistry: 'mirror.example'}},
    [/mirror\.example\/bitnami\/os-shell/, /mirror\.example\/bitnami\/postgres-exporter/],
  ],
  [
    'bitnamilegacy beside an image of others',
    {...legacy, global: {}, metrics: {image: {repository: 'acme/exporter'}}},
    [/docker\.io\/bitnamilegacy\/postgresql/, /docker\.io\/acme\/exporter/],
  ],
  ['a number for a user', {auth: {username: 12345}}, [/auth[./]username/, /want string|Expected: string/]],
  ['a number for a password', {auth: {postgresPassword: 12345}}, [/auth[./]postgresPassword/]],
  [
    'an upgrade without passwords',
    replication(1),
    [/PASSWORDS ERROR: You must provide your current passwords when upgrading the release\./],
    ['--is-upgrade'],
  ],
];

const ours = fileURLToPath(new URL('../sandbox/chart', import.meta.url));
const theirs = process.env.PGHI_CHART;
if (!theirs) {
  console.log('PGHI_CHART names no chart: nothing to compare with.');
  process.exit(0);
}
const cached = fileURLToPath(new URL('../node_modules/.cache/pg-helm-install/bin/helm', import.meta.url));
const works = (program) => spawnSync(program, ['version'], {stdio: 'ignore'}).status === 0;
const helm = [process.env.PGHI_HELM, 'helm', cached].find(
  (program) => program && (program === 'helm' || existsSync(program)) && works(program),
);
if (!helm) {
  console.error('No helm: neither on PATH nor in node_modules/.cache/pg-helm-install/bin.');
  process.exit(1);
}

function render(chart, release, values, flags = []) {
  const {status, stdout, stderr} = spawnSync(
    helm,
    ['template', release, chart, '--namespace', 'team-a', '--values', '-', ...flags],
    {
      input: JSON.stringify(values), // YAML as JavaScript writes it leaves `on` unquoted, which helm reads as true
      encoding: 'utf8',
    },
  );
  return status === 0 ? {text: stdout} : {error: stderr};
}

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Lists whose members have names are compared by name, as Kubernetes merges them; null counts as absent, and so do
 * annotations without entries.
 */
function shape(value, path = '') {
  if (Array.isArray(value)) {
    const key = ['name', 'mountPath'].find(
      (k) =>
        value.length > 0 &&
        value.every((v) => isObject(v) && k in v) &&
        new Set(value.map((v) => `${v[k]}`)).size === value.length,
    );
    if (path.endsWith('.volumeMounts'))
      return shape(Object.fromEntries(value.map((v) => [`[${v.mountPath}]`, v])), path);
    return key ? shape(Object.fromEntries(value.map((v) => [`[${v[key]}]`, v])), path) : value.map((v) => shape(v));
  }
  if (!isObject(value)) return value;
  if (path.endsWith('.annotations') && Object.keys(value).length === 0) return undefined;
  const entries = Object.entries(value).map(([k, v]) => [k, shape(v, `${path}.${k}`)]);
  const kept = entries.filter(([, v]) => v !== undefined && v !== null);
  return kept.length === 0 && entries.length > 0 ? undefined : Object.fromEntries(kept);
}

/** Passwords are compared where they were given; a random one is recognized by its length of 10. */
function withoutRandomness(object) {
  if (object.kind !== 'Secret') return object;
  const data = Object.entries(object.data ?? {}).map(([key, value]) => {
    const clear = Buffer.from(value, 'base64').toString();
    return [key, /^[A-Za-z0-9]{10}$/.test(clear) ? 'random' : clear];
  });
  return {...object, data: Object.fromEntries(data)};
}

function objectsOf(text) {
  const found = [];
  for (const document of parseAllDocuments(text, {uniqueKeys: false, version: '1.1'})) {
    if (document.errors.length > 0) throw document.errors[0];
    const object = document.toJS();
    if (!object) continue;
    found.push([`${object.kind}/${object.metadata.name}`, shape(withoutRandomness(object))]);
  }
  return distinct(found);
}

/**
 * Names that were cut off can be the same: such objects are told apart by their content, in whatever order they came.
 */
function distinct(found) {
  const sortable = (value) =>
    isObject(value)
      ? Object.fromEntries(
          Object.entries(value)
            .sort()
            .map(([k, v]) => [k, sortable(v)]),
        )
      : value;
  const text = ([name, object]) => `${name} ${JSON.stringify(sortable(object))}`;
  const objects = new Map();
  for (let [name, object] of found.sort((a, b) => (text(a) < text(b) ? -1 : 1))) {
    while (objects.has(name)) name += ' again';
    objects.set(name, object);
  }
  return objects;
}

function* differences(path, a, b) {
  if (isObject(a) && isObject(b)) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      yield* differences(key.startsWith('[') ? `${path}${key}` : `${path}.${key}`, a[key], b[key]);
    }
  } else if (Array.isArray(a) && Array.isArray(b) && a.length === b.length) {
    for (const [index] of a.entries()) yield* differences(`${path}[${index}]`, a[index], b[index]);
  } else if (JSON.stringify(a) !== JSON.stringify(b)) {
    yield {path, a, b};
  }
}

function compare(release, values) {
  const real = render(theirs, release, values);
  const own = render(ours, release, values);
  if (real.error && own.error) return [`both refuse: ${own.error.trim()}`];
  if (real.error) return [`only the registry's chart refuses: ${real.error.trim()}`];
  if (own.error) return [`only the sandbox's chart refuses: ${own.error.trim()}`];
  const a = objectsOf(real.text);
  const b = objectsOf(own.text);
  return [...new Set([...a.keys(), ...b.keys()])].flatMap((name) => unexpectedIn(name, a.get(name), b.get(name)));
}

function unexpectedIn(name, a, b) {
  return [...differences(name, a, b)]
    .filter(({path, a, b}) => a === undefined || b === undefined || !omissions.some((o) => o.path?.test(path)))
    .map(({path, a, b}) => `${path}: registry ${short(a)}, sandbox ${short(b)}`);
}

/**
 * A default of the sandbox's chart must be that of the registry's chart; values that it does not know are no
 * difference.
 */
function compareDefaults() {
  const [real, own] = [theirs, ours].map((chart) =>
    parse(execFileSync(helm, ['show', 'values', chart], {encoding: 'utf8'})),
  );
  const known = (a, b) =>
    isObject(a) && isObject(b)
      ? Object.fromEntries(
          Object.keys(a)
            .filter((k) => k in b)
            .map((k) => [k, known(a[k], b[k])]),
        )
      : a;
  return unexpectedIn('values', known(real, own), own);
}

function short(value) {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 160 ? `${text.slice(0, 157)}…` : text;
}

let unexpected = 0;
function report(name, found) {
  unexpected += found.length;
  console.log(
    `${name.padEnd(50)} ${found.length === 0 ? 'OK' : `${found.length} difference${found.length > 1 ? 's' : ''}`}`,
  );
  for (const line of found) console.log(`    ${line}`);
}

console.log(`helm ${execFileSync(helm, ['version', '--short'], {encoding: 'utf8'}).trim()}\n`);
report('defaults', compareDefaults());
for (const [name, release, values] of cases) report(name, compare(release, values));

for (const [name, values, words, flags] of refusals) {
  const found = [];
  for (const [whose, chart] of [
    ['registry', theirs],
    ['sandbox', ours],
  ]) {
    const {error} = render(chart, 'orders', values, flags);
    if (!error) found.push(`the ${whose}'s chart does not refuse`);
    else
      for (const word of words)
        if (!word.test(error)) found.push(`the ${whose}'s refusal lacks ${word}: ${error.trim()}`);
  }
  report(`refused: ${name}`, found);
}

console.log('\nOn purpose:');
for (const {path, values, reason} of omissions) {
  console.log(`  ${path?.source ?? JSON.stringify(values) ?? ''} ${reason}`);
  if (values && !render(ours, 'orders', values).error)
    report('    but the sandbox does not say so', ['it renders without a word']);
}
process.exit(unexpected === 0 ? 0 : 1);
