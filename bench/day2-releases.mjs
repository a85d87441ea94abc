// A release made by our command and one made as a user of plain helm makes it: installing, changing and inspecting
// them.
import pg from 'pg';
import {measure} from './measure.mjs';
import {helm, jsonFile, kubectl, makeNamespace, ours} from './place.mjs';

const name = 'bench';
const fullname = `${name}-postgresql`;
export const writerPod = `${fullname}-primary-0`;
const password = 'only-for-the-bench';

/**
 * `wanted` has the form of `installed` in day2-operations.mjs. The release's `apply(wanted, ours, theirs)` changes the
 * release accordingly, in the way of its side, and resolves when the program reports that it is done.
 */
export async function installOurs(wanted, purpose = 'day2-ours') {
  const namespace = await makeNamespace(purpose);
  const {readReplicaCount, cpu, memory, storageSize, imageTag, chart} = wanted;
  const size = [
    '--read-replicas',
    String(readReplicaCount),
    '--cpu',
    cpu,
    '--memory',
    memory,
    '--storage-size',
    storageSize,
    '--image-tag',
    imageTag.ours,
  ];
  // These flags make it like what plain helm installs: PostgreSQL's own settings, and no demands on nodes.
  const place = [
    '--sizing',
    'off',
    '--spread',
    'preferred',
    '--instance-type',
    'any',
    '--exposure',
    'load-balancer',
    '--allow-public',
  ];
  await ours(['install', name, '-n', namespace, '--yes', '--chart', chart, ...size, ...place]);
  const made = await release(namespace, await passwordOf(namespace), async ({chart: current}, [command, ...flags]) => {
    const takesChart = !['switchover', 'rotate-password'].includes(command) && !flags.includes('--chart');
    const chartFlags = takesChart ? ['--chart', current] : [];
    const done = await ours([command, name, '-n', namespace, '--yes', ...flags, ...chartFlags]);
    if (command === 'rotate-password') made.server.password = await passwordOf(namespace);
    return done;
  });
  return made;
}

/** The administrator's password, by our Secret. */
async function passwordOf(namespace) {
  const secret = JSON.parse(await kubectl(['get', 'secret', `${fullname}-auth`, '-n', namespace, '-o', 'json']));
  return Buffer.from(secret.data['postgres-password'], 'base64').toString();
}

/** With the chart's own probes and update strategy, and with helm's --wait. */
export async function installTheirs(wanted, purpose = 'day2-theirs') {
  const namespace = await makeNamespace(purpose);
  const run = (verb, values) => {
    const what = verb === 'rollback' ? [] : [values.chart, '--values', jsonFile('theirs.json', plainValues(values))];
    return measure(helm, [verb, name, ...what, '-n', namespace, '--wait', '--timeout', '10m']);
  };
  await run('install', wanted);
  return release(namespace, password, (values, _ours, verb = 'upgrade') => {
    if (verb === 'promote by hand') return promoteByHand(namespace);
    // kubectl waits until the pod has ended: only then do the writer's clients see that it is away.
    return verb === 'delete pod' ? kubectl(['delete', 'pod', writerPod, '-n', namespace]) : run(verb, values);
  });
}

/** Plain helm installs it, and from then on our command operates on it. */
export async function installToAdopt(wanted, purpose) {
  const theirs = await installTheirs(wanted, purpose);
  return {
    ...theirs,
    apply: ({chart}, [command, ...flags]) =>
      ours([command, name, '-n', theirs.namespace, '--yes', '--chart', chart, ...flags]),
  };
}

/** The way a careful person does it: the writer is stopped first, and the Service is pointed at the reader. */
async function promoteByHand(namespace) {
  const run = (...words) => kubectl([...words, '-n', namespace]);
  await run('scale', 'statefulset', `${fullname}-primary`, '--replicas=0');
  await run('wait', '--for=delete', `pod/${writerPod}`, '--timeout=2m');
  const promote = `PGPASSWORD=${password} psql -h 127.0.0.1 -U postgres -c 'select pg_promote()'`;
  await run('exec', `${fullname}-read-0`, '-c', 'postgresql', '--', 'bash', '-c', promote);
  const selector = JSON.stringify({spec: {selector: {'app.kubernetes.io/component': 'read'}}});
  await run('patch', 'service', `${fullname}-primary`, '-p', selector);
}

async function release(namespace, adminPassword, apply) {
  const get = async (kind) => JSON.parse(await kubectl(['get', kind, '-n', namespace, '-o', 'json']));
  const service = await get(`service/${fullname}-primary`);
  const host = service.status?.loadBalancer?.ingress?.[0]?.ip;
  if (!host)
    throw new Error(
      `The writer's Service in ${namespace} has no address that answers here. The bench needs a cluster whose ` +
        'load balancers get one.',
    );
  const server = {host, password: adminPassword};
  return {
    name,
    namespace,
    server,
    apply,
    readers: `${fullname}-read`,
    kubectl: (args) => kubectl(['-n', namespace, ...args]),
    sql: (text) => askOnce(server, text),
    /** By the pod's name: its uid and restarts, which tell whether it was replaced or restarted. */
    async pods() {
      const {items} = await get('pods');
      return Object.fromEntries(
        items.map(({metadata, status}) => [
          metadata.name,
          {uid: metadata.uid, restarts: status.containerStatuses?.[0]?.restartCount ?? 0},
        ]),
      );
    },
    /** Whether the server, when it last started, found that it had been shut down cleanly. */
    async wasCleanlyShutDown() {
      return !/not properly shut down|database system was interrupted/.test(
        await kubectl(['logs', writerPod, '-c', 'postgresql', '-n', namespace]).catch(() => ''),
      );
    },
  };
}

/** The first column of the first row, as text. */
async function askOnce({host, password: adminPassword}, text) {
  const client = new pg.Client({host, user: 'postgres', database: 'postgres', password: adminPassword});
  await client.connect();
  try {
    const results = [await client.query(text)].flat();
    return String(Object.values(results.at(-1)?.rows[0] ?? {})[0] ?? '');
  } finally {
    await client.end();
  }
}

/** Plain helm restarts pods whose annotations have changed, as `kubectl rollout restart` does. */
function plainValues(wanted) {
  const {readReplicaCount, cpu, memory, storageSize, imageTag, restartedIn, tls, metrics} = wanted;
  const {allowFrom, logMinDurationMs} = wanted;
  const settings = `log_min_duration_statement = ${logMinDurationMs}`;
  const member = {
    ...(logMinDurationMs === undefined ? {} : {extendedConfiguration: settings}),
    ...(restartedIn === undefined ? {} : {podAnnotations: {'restarted-in': String(restartedIn)}}),
    resources: {requests: {cpu, memory}, limits: {memory}},
    persistence: {size: storageSize},
  };
  return {
    architecture: 'replication',
    global: {security: {allowInsecureImages: true}},
    image: {repository: 'bitnamilegacy/postgresql', tag: imageTag.theirs},
    auth: {postgresPassword: password, replicationPassword: password},
    ...(tls
      ? {tls: {enabled: true, autoGenerated: true}, volumePermissions: {image: {repository: 'bitnamilegacy/os-shell'}}}
      : {}),
    ...(metrics ? {metrics: {enabled: true, image: {repository: 'bitnamilegacy/postgres-exporter'}}} : {}),
    primary: {
      ...member,
      service: {type: 'LoadBalancer', ...(allowFrom ? {loadBalancerSourceRanges: allowFrom.split(',')} : {})},
    },
    readReplicas: {...member, replicaCount: readReplicaCount},
  };
}
