// Makes the ports that operations see of the adapters.
import {randomBytes, X509Certificate} from 'node:crypto';
import {isIP} from 'node:net';
import {propose} from '../commands/command-line.ts';
import {objectNames, replicationUser, settingsConfigMap, settingsFile, secretKeysOf} from '../chart/names.ts';
import {fromValues} from '../chart/values.ts';
import {cause, UserError} from '../core/cause.ts';
import type {Connection} from '../cluster/connect.ts';
import {
  backupLog,
  createRestore,
  deleteRestore,
  endProof,
  listBackups,
  noteBackups,
  readRestoreJob,
  startBackup,
  startProof,
  startRestore,
} from '../cluster/backup-pods.ts';
import {readStored, writeServerCertificate} from '../cluster/certificates.ts';
import {
  readCredentials,
  writeCredentials,
  writeRoleMove,
  writeSystemIdentifier,
  writeWriterPosition,
} from '../cluster/credentials.ts';
import {execInPod, openPodStream} from '../cluster/exec.ts';
import {streamFromPod} from '../cluster/exec-stream.ts';
import {readAttachment, readNode, readTakeOverState, takeOver} from '../cluster/take-over.ts';
import {handOver, isRaced, readHandOverState, setReclaimPolicy} from '../cluster/hand-over.ts';
import {HeldLease} from '../cluster/held-lease.ts';
import {endLease, noteLease, pauseLease, watchHolder} from '../cluster/lease.ts';
import {lookOnce, observe, type Prove} from '../cluster/look.ts';
import {causeOfApiError} from '../cluster/api-cause.ts';
import {ApiError} from '../cluster/api.ts';
import {tryImage} from '../cluster/image-trial.ts';
import {readOwnObjects} from '../cluster/own-objects.ts';
import {paths} from '../cluster/paths.ts';
import {ifAllowed} from '../cluster/readable.ts';
import {exporterIsUp} from '../cluster/exporter.ts';
import {lostCommits} from '../cluster/lost-commits.ts';
import {deleteMetricsPassword, readMetricsPassword, writeMetricsPassword} from '../cluster/metrics-password.ts';
import {deletePod, patchPod, readPodTemplates, resizeProblem, runningPods} from '../cluster/pods.ts';
import {podRefusal} from '../cluster/pod-refusal.ts';
import {deleteObjects, readHelmObjects} from '../cluster/helm-objects.ts';
import {readManifest, readRelease, readRevision} from '../cluster/releases.ts';
import type {Reading} from '../cluster/snapshot.ts';
import {trialStart} from '../cluster/trial-start.ts';
import {remakeStatefulSet} from '../cluster/remake-stateful-set.ts';
import {growClaims, orphanPods, readStorageUnder, readVolumes} from '../cluster/storage.ts';
import {readSecretReaders} from '../cluster/secret-readers.ts';
import {noteNames} from '../cluster/own-secret.ts';
import {keepSecrets} from '../cluster/keep-secrets.ts';
import {readKeptSettings} from '../cluster/kept-settings.ts';
import {keepObjects, moveLabels, readSubChart} from '../cluster/sub-chart.ts';
import {dropPrevious, promoteNext, readRotation, writeNext} from '../cluster/secret-rotation.ts';
import {review, survey, whoAmI} from '../cluster/survey.ts';
import {usageReader} from '../cluster/volume-usage.ts';
import {applyCommandLine} from '../helm/arguments.ts';
import type {Apply, Helm, Outcome} from '../helm/commands.ts';
import {failoverPermissions, requiredPermissions, switchoverPermissions} from '../observation/checks/permissions.ts';
import {
  certificateAnnotation,
  isCertificateInUse,
  isEncrypted,
  readableIn,
  uncoveredNames,
} from '../observation/certificate.ts';
import {externalAddress} from '../observation/endpoints.ts';
import {hasProxy} from '../observation/network-warnings.ts';
import type {Node, Service} from '../observation/kubernetes.ts';
import {isReady, viewOf} from '../observation/release-view.ts';
import type {ReadableCertificate} from '../observation/server-certificate.ts';
import type {Target} from '../observation/snapshot.ts';
import type {ActivityPort} from '../operations/ports/activity.ts';
import type {AdoptionPort} from '../operations/ports/adoption.ts';
import type {BackupPort} from '../operations/ports/backup.ts';
import type {CertificatePort} from '../operations/ports/certificate.ts';
import type {ClusterPort} from '../operations/ports/cluster.ts';
import type {DatabasePort} from '../operations/ports/database.ts';
import type {FailoverPort} from '../operations/ports/failover.ts';
import type {HelmPort, HelmRun} from '../operations/ports/helm.ts';
import type {Ports} from '../operations/ports/index.ts';
import type {LeasePort} from '../operations/ports/lease.ts';
import type {MetricsPort} from '../operations/ports/metrics.ts';
import type {ObservationPort} from '../operations/ports/observation.ts';
import type {PodsPort} from '../operations/ports/pods.ts';
import type {SecretPort} from '../operations/ports/secret.ts';
import type {StoragePort} from '../operations/ports/storage.ts';
import type {SubChartPort} from '../operations/ports/sub-chart.ts';
import type {SwitchoverPort} from '../operations/ports/switchover.ts';
import {generatePassword} from '../parameters/password.ts';
import {askActivity, endSession} from '../postgres/activity.ts';
import type {Administration} from '../postgres/administer.ts';
import {changePasswords} from '../postgres/change-passwords.ts';
import {readContainerEnvironment} from '../postgres/container-environment.ts';
import {checkpoint} from '../postgres/checkpoint.ts';
import {dumpAt, dumpFailed, writeDump} from '../postgres/dump-file.ts';
import {checkpointForBaseBackups} from '../postgres/checkpoint-for-base-backups.ts';
import {
  askAnswer,
  askFork,
  askPosition,
  askWriterFrom,
  endReceiver,
  stopFrom,
  unstopFrom,
} from '../postgres/failover.ts';
import {followPassword} from '../postgres/follow-password.ts';
import {mountedPasswords} from '../postgres/mounted-passwords.ts';
import {loadCertificate} from '../postgres/load-certificate.ts';
import {giveExporterPassword} from '../postgres/exporter-password.ts';
import {dropMetricsRole, makeMetricsRole} from '../postgres/metrics-role.ts';
import type {SslMode} from '../postgres/prove-in-cluster.ts';
import type {Exec} from '../postgres/psql.ts';
import {proveEndpoints, type EndpointAddress} from '../postgres/prove.ts';
import {letReadersIn, makeReplicationRole} from '../postgres/replication.ts';
import {shutDownFast} from '../postgres/shut-down.ts';
import {dropReplicationSlots} from '../postgres/replication-slots.ts';
import {askSettings} from '../postgres/required-settings.ts';
import {askServerSettings, reloadSettings} from '../postgres/server-settings.ts';
import type {Encryption} from '../postgres/session.ts';
import {askSorting, rebuildIndexes} from '../postgres/sorting.ts';
import {
  alterSystem,
  askLastRecord,
  askServerFacts,
  askServerStart,
  askUnloggedTables,
  checkpointOn,
  commits,
  dropUnusedSlots,
  makeReplicationSlots,
  promote,
} from '../postgres/switchover.ts';
import {tryLogin} from '../postgres/try-login.ts';
import {clock} from '../core/time.ts';

/** Marks helm's records, so that a list of releases need not open each one to know the chart. */
export const releaseLabels = {'pg-helm-install/chart': 'postgresql'} as const;
const container = 'postgresql';
const port = 5432;
/** The exporter's. Chart 16.7.26, values.yaml, metrics.containerPorts. */
const exporterPort = 9187;
const proofTimeoutMs = 6000;
/** Helm waits for nothing but its hooks, and the chart has none. */
const helmTimeoutMs = 120_000;

/** What every adapter of one release needs. */
interface Place {
  readonly connection: Connection;
  readonly target: Target;
  readonly names: ReturnType<typeof objectNames>;
  readonly exec: Exec;
  /** The database container of the writer, and the administrator's password. */
  readonly writer: Administration;
}

/** The ports of one release: the real cluster, the real helm, the real database. */
export function createAdapters(connection: Connection, helm: () => Promise<Helm>, target: Target): Ports {
  const {api} = connection;
  const {namespace} = target;
  const names = objectNames(target);
  const exec: Exec = (pod, inContainer, command, stdin, timeoutMs) =>
    execInPod(connection, namespace, pod, inContainer, command, stdin, timeoutMs);
  const password = async () => (await readCredentials(api, target))?.credentials?.admin ?? null;
  const place = {connection, target, names, exec, writer: {exec, pod: `${names.writer}-0`, container, password}};
  return {
    target,
    now: () => clock.now(),
    ...observationPort(place),
    ...clusterPort(place),
    ...podsPort(place),
    ...storagePort(place),
    ...secretPort(place),
    ...certificatePort(place),
    ...metricsPort(place),
    ...helmPort(place, helm),
    ...databasePort(place),
    ...switchoverPort(place),
    ...failoverPort(place),
    ...backupPort(place),
    ...activityPort(place),
    ...adoptionPort(place),
    ...leasePort(place),
    ...subChartPort(place),
  };
}

function observationPort({connection, target, exec}: Place): ObservationPort {
  const usage = usageReader(exec, container, () => clock.now());
  const prove: Prove = async (snapshot, credentials, signal) => [
    ...(await proofs(connection, snapshot, credentials, signal)),
    // Nobody waits for it while an operation waits for a proof.
    ...usage.known(snapshot.pods, snapshot.claims),
  ];
  const proveAll: Prove = async (snapshot, credentials, signal) => {
    const [proven, used] = await Promise.all([
      proofs(connection, snapshot, credentials, signal),
      usage.asked(snapshot.pods, snapshot.claims),
    ]);
    return [...proven, ...used];
  };
  const permissions = (exists: boolean) => requiredPermissions(target.namespace, exists);
  return {
    survey: (request) => survey(connection, {target, ...request, permissions}),
    look: () => lookOnce(connection, target, proveAll),
    // Who only watches gets all of it with the first proof.
    observe: (signal, pace) => observe(connection, target, pace === 'calm' ? proveAll : prove, signal, pace),
  };
}

function clusterPort({connection: {api}, target, names}: Place): ClusterPort {
  const {namespace} = target;
  return {
    async createNamespace() {
      const made = api
        .create(paths.namespaces, {apiVersion: 'v1', kind: 'Namespace', metadata: {name: namespace}})
        .catch((error) => {
          if ((error as {reason?: string}).reason !== 'AlreadyExists') throw error;
        });
      await translateApiError(made);
    },
    podTemplates: () => readPodTemplates(api, target),
    async setReaders(count, {dryRun}) {
      // Like helm's own, it is a field that this program sets.
      const query = {fieldManager: 'pg-helm-install', ...(dryRun ? {dryRun: 'All'} : {})};
      await translateApiError(
        api.patch(`${paths.statefulSets(namespace)}/${names.reader}`, {spec: {replicas: count}}, 'merge-patch', query),
      );
    },
    orphanPods: (sets, options) => translateApiError(orphanPods(api, namespace, sets, options)),
    remakeStatefulSet: (set, size) => translateApiError(remakeStatefulSet(api, namespace, set, size)),
    async publishNotReadyAddresses(early) {
      await translateApiError(
        api.patch(`${paths.services(namespace)}/${names.writer}`, {
          spec: {publishNotReadyAddresses: early ? true : null},
        }),
      );
    },
  };
}

function podsPort({connection: {api}, target, exec}: Place): PodsPort {
  const {namespace} = target;
  return {
    deletePod: (pod) => translateApiError(deletePod(api, namespace, pod)),
    shutDownFast: (pod) => shutDownFast({exec, pod, container}),
    patchPod: (pod, patch) => translateApiError(patchPod(api, namespace, pod, patch)),
    resizeProblem: (pod, resources) => translateApiError(resizeProblem(api, namespace, pod, resources)),
    podRefusal: (pod) => translateApiError(podRefusal(api, namespace, pod)),
    tryImage: (trial, signal) => translateApiError(tryImage(api, target, trial, signal)),
    trialStart: (trial, signal) => translateApiError(trialStart(api, target, trial, signal)),
  };
}

function storagePort({connection: {api}, target}: Place): StoragePort {
  const {namespace} = target;
  return {
    keptSettings: (kept) => translateApiError(readKeptSettings(api, target, kept)),
    volumes: (claims) => translateApiError(readVolumes(api, claims)),
    storageUnder: (pod) => translateApiError(readStorageUnder(api, namespace, pod)),
    growClaims: (claims, size, options) => translateApiError(growClaims(api, namespace, claims, size, options)),
    async deleteClaims(claims) {
      await translateApiError(Promise.all(claims.map((name) => api.delete(`${paths.claims(namespace)}/${name}`))));
    },
  };
}

function secretPort({connection: {api}, target, names: {secret}}: Place): SecretPort {
  const {namespace} = target;
  return {
    passwords: async () => (await readCredentials(api, target))?.credentials ?? null,
    storedPasswords: async () => (await translateApiError(readCredentials(api, target)))?.found ?? null,
    writePasswords: (passwords, options) => translateApiError(writeCredentials(api, target, passwords, options)),
    rememberSystemIdentifier: (identifier) =>
      translateApiError(writeSystemIdentifier(api, namespace, secret, identifier)),
    rememberWriterPosition: (position) => translateApiError(writeWriterPosition(api, namespace, secret, position)),
    rememberRoleMove: (move) => translateApiError(writeRoleMove(api, namespace, secret, move)),
    rotation: () => translateApiError(readRotation(api, target)),
    writeNext: (id, next) => translateApiError(writeNext(api, target, id, next)),
    promoteNext: (seen) => translateApiError(promoteNext(api, target, seen)),
    dropPrevious: () => translateApiError(dropPrevious(api, target)),
    secretReaders: (other = secret) => translateApiError(readSecretReaders(api, target, other)),
    deleteSecret: () => translateApiError(api.delete(`${paths.secrets(namespace)}/${secret}`)),
  };
}

function certificatePort({connection, target, exec}: Place): CertificatePort {
  const {api} = connection;
  const {namespace} = target;
  return {
    writeCertificate: (certificate) => translateApiError(writeServerCertificate(api, target, certificate)),
    async loadCertificate({name, uid}, from) {
      const stored = await translateApiError(readStored(api, namespace, from));
      if (stored === null) throw certificateNotLoaded(target, name, `the Secret ${from.secret} does not have it`);
      const openStream = () => openPodStream(connection, namespace, name, port);
      const problem = await loadCertificate({exec, openStream, pod: name, container, from, stored});
      if (problem !== null) throw certificateNotLoaded(target, name, problem);
      const annotations = {[certificateAnnotation]: new X509Certificate(stored.certificate).fingerprint256};
      await translateApiError(api.patch(`${paths.pods(namespace)}/${name}`, {metadata: {uid, annotations}}));
    },
  };
}

function metricsPort({connection, target, names: {secret}, writer, exec}: Place): MetricsPort {
  const {api} = connection;
  const {namespace} = target;
  return {
    writeMetricsPassword: () =>
      translateApiError(
        writeMetricsPassword(
          api,
          target,
          secret,
          generatePassword((count) => randomBytes(count)),
        ),
      ),
    async makeMetricsRole() {
      const password = await translateApiError(readMetricsPassword(api, namespace, secret));
      if (password !== null) await makeMetricsRole(writer, password);
    },
    async dropMetricsRole() {
      await dropMetricsRole(writer);
      await translateApiError(deleteMetricsPassword(api, namespace, secret));
    },
    async giveExporterPassword(pod) {
      const password = await translateApiError(readMetricsPassword(api, namespace, secret)).catch(() => null);
      return password !== null && (await giveExporterPassword({exec, pod, container}, password));
    },
    async askExporter(pod) {
      const isUp = await exporterIsUp(() => openPodStream(connection, namespace, pod, exporterPort));
      return isUp === null ? 'unknown' : isUp ? 'reads' : 'does not read';
    },
  };
}

function certificateNotLoaded({namespace, release}: Target, pod: string, why: string): UserError {
  return new UserError(
    cause('CERTIFICATE_INVALID', `The server in ${pod} did not take the certificate: ${why}.`, {
      object: {kind: 'Pod', namespace, name: pod},
      remedies: [
        propose('See what the server says', {kind: 'logs', release, namespace, context: null, role: null}),
        {title: 'Run the same command again', again: true},
      ],
    }),
  );
}

function helmPort({connection, target}: Place, helm: () => Promise<Helm>): HelmPort {
  const {api, kubeconfig} = connection;
  const {namespace, release} = target;
  const at = {context: helmContext(connection), namespace, release, kubeconfig};
  const limited = {target: at, timeoutMs: helmTimeoutMs};
  const apply = (
    {chart, values, description, forceConflicts = false, takeOwnership = false}: HelmRun,
    signal: AbortSignal,
  ): Apply => ({
    ...limited,
    chart: chart.path,
    values,
    ...(description === undefined ? {} : {description}),
    forceConflicts,
    ...(takeOwnership ? {takeOwnership} : {labels: releaseLabels}),
    signal,
  });
  return {
    helm: {
      install: async (run, signal) => void unwrap(await (await helm()).install(apply(run, signal)), target),
      upgrade: async (run, signal) => void unwrap(await (await helm()).upgrade(apply(run, signal)), target),
      rollback: async (revision, signal) =>
        void unwrap(await (await helm()).rollback({...limited, revision, signal}), target),
      uninstall: async (signal) => void unwrap(await (await helm()).uninstall({...limited, signal}), target),
      dryRun: async (run, exists, signal) =>
        unwrap(await untilAnswered(async () => (await helm()).dryRun({...apply(run, signal), exists})), target)
          .manifest,
      render: async ({chart, values}, signal) =>
        unwrap(await (await helm()).template({target: at, chart: chart.path, values, signal}), target).manifest,
      async chartValues({path}) {
        const {text} = unwrap(await (await helm()).chartValues({target: at, chart: path}), target);
        const {parse} = await import('yaml');
        return (parse(text) ?? {}) as Readonly<Record<string, unknown>>;
      },
      describe: (chart, kind = 'install') =>
        applyCommandLine(kind, {...limited, labels: releaseLabels}, {chart, major: 3}),
    },
    revisions: async () => (await translateApiError(readRelease(api, target))).revisions,
    record: (revision) => translateApiError(readRevision(api, target, revision)),
    manifest: () => readManifest(api, target),
    helmObjects: () => translateApiError(readHelmObjects(api, target)),
    ownObjects: () => translateApiError(readOwnObjects(api, target)),
    deleteObjects: (objects) => translateApiError(deleteObjects(api, namespace, objects)),
  };
}

function databasePort(place: Place): DatabasePort {
  const {connection, target, exec, writer} = place;
  const {api} = connection;
  let known: string | null = null;
  // Asked many times a second while the writer restarts: its password is read once.
  const onceKnown: Administration = {...writer, password: async () => (known ??= await writer.password())};
  return {
    async mountedPasswords(only) {
      const running = await translateApiError(runningPods(api, target));
      const pods = running.filter(({metadata}) => only === undefined || metadata.name === only);
      return Promise.all(
        pods.map(({metadata}) => mountedPasswords(exec, metadata.name, container, secretKeysOf(target))),
      );
    },
    async tryLogin(login) {
      const pods = await translateApiError(runningPods(api, target));
      const places = pods.map(({metadata, status}) => ({pod: metadata.name, container, podIP: status?.podIP ?? null}));
      return tryLogin(exec, places, login);
    },
    changePasswords: (changes, admin) => changePasswords(writer, changes, admin),
    followPassword: (pod, password) => followPassword({exec, pod, container}, password),
    async runningSettings(pods) {
      return byPod(pods, (pod) => askSettings({...writer, pod}));
    },
    sorting: () => askSorting(writer),
    rebuildIndexes: (texts, signal) => rebuildIndexes(writer, texts, signal),
    async serverSettings(pods) {
      return byPod(pods, (pod) => askServerSettings({...writer, pod}));
    },
    async reloadSettings(pod, signal) {
      const path = `${paths.configMaps(target.namespace)}/${settingsConfigMap(pod.replace(/-\d+$/, ''))}`;
      const {data} = await translateApiError(api.get<{data?: Readonly<Record<string, string>>}>(path));
      return reloadSettings({...writer, pod}, data?.[settingsFile.key] ?? '', signal);
    },
    serverStart: (pod) => askServerStart({...onceKnown, pod}),
    checkpoint: (signal) => checkpoint(writer, signal),
    checkpointForBaseBackups: (signal) => checkpointForBaseBackups(writer, signal),
    dropReplicationSlots: (fromOrdinal) => dropReplicationSlots(writer, target, fromOrdinal),
    dumpAt,
    dump: (to, onBytes, signal) => dump(place, to, onBytes, signal),
  };
}

function backupPort({connection: {api}, target}: Place): BackupPort {
  return {
    listBackups: (runtime, signal) => translateApiError(listBackups(api, target, runtime, signal)),
    startBackup: (job) => translateApiError(startBackup(api, target, job)),
    startProof: (desired, signal) => translateApiError(startProof(api, target, desired, signal)),
    endProof: () => translateApiError(endProof(api, target)),
    noteBackups: (note) => translateApiError(noteBackups(api, target, note)),
    restoreJob: () => translateApiError(readRestoreJob(api, target)),
    createRestore: (desired) => translateApiError(createRestore(api, target, desired)),
    startRestore: () => translateApiError(startRestore(api, target)),
    deleteRestore: (signal) => translateApiError(deleteRestore(api, target, signal)),
    backupLog: (pod) => backupLog(api, target.namespace, pod),
  };
}

function subChartPort({connection: {api}, target}: Place): SubChartPort {
  const {namespace} = target;
  return {
    subChart: (parent) => translateApiError(readSubChart(api, {namespace, parent})),
    keepObjects: (objects, isKept) => translateApiError(keepObjects(api, namespace, objects, isKept)),
    moveLabels: (seen) => translateApiError(moveLabels(api, namespace, seen)),
  };
}

function adoptionPort({connection: {api}, target, names, exec, writer}: Place): AdoptionPort {
  const {namespace} = target;
  return {
    recordApplied: null,
    writerEnvironment: () => readContainerEnvironment(exec, writer.pod, container),
    keepSecrets: (asked) => translateApiError(keepSecrets(api, namespace, asked)),
    noteNames: () => translateApiError(noteNames(api, target, names.secret)),
    async makeReplicationRole() {
      const found = await translateApiError(readCredentials(api, target));
      if (found?.credentials) await makeReplicationRole(writer, found.credentials.replication);
    },
    letReadersIn: () => letReadersIn(writer),
  };
}

/** Without the pods that do not answer. */
async function byPod<T>(
  pods: readonly string[],
  ask: (pod: string) => Promise<T | null>,
): Promise<Readonly<Record<string, T>>> {
  const asked = await Promise.all(pods.map(async (pod) => [pod, await ask(pod)] as const));
  return Object.fromEntries(asked.flatMap(([pod, found]) => (found === null ? [] : [[pod, found]])));
}

async function dump(
  {connection, target, names, writer}: Place,
  {path, replace}: {readonly path: string; readonly replace: boolean},
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
): Promise<{readonly bytes: number}> {
  const {release, namespace} = target;
  const [snapshot, secret] = await translateApiError(
    Promise.all([lookOnce(connection, target, async () => []), readCredentials(connection.api, target)]),
  );
  const header = {release, namespace, madeAt: new Date().toISOString()};
  if (!secret?.credentials)
    throw new UserError(dumpFailed(header, `the Secret ${names.secret} with its passwords is gone or not whole`));
  const username = fromValues(snapshot.release.values)?.username;
  return writeDump({
    ...{path, replace, header, onBytes, signal},
    adminPassword: secret.credentials.admin,
    ownRoles: [...new Set(['postgres', replicationUser, ...(username ? [username] : [])])],
    run: (command, stdin, onOutput) =>
      streamFromPod(connection, namespace, writer.pod, container, command, stdin, {onOutput, signal}),
  });
}

function activityPort({writer}: Place): ActivityPort {
  let known: string | null = null;
  // Once a second the Secret need not be read, as long as the server takes what was read.
  const asked: Administration = {...writer, password: async () => (known ??= await writer.password())};
  return {
    async activity() {
      const answer = await askActivity(asked);
      if (answer === null) known = null;
      return answer;
    },
    endSession: (session, what) => endSession(writer, session, what),
  };
}

function switchoverPort({connection: {api}, target, writer}: Place): SwitchoverPort {
  const on = (pod: string): Administration => ({...writer, pod});
  return {
    switchoverPermissions: (volumes) =>
      translateApiError(
        Promise.all(switchoverPermissions(target.namespace, volumes).map((asked) => review(api, asked))),
      ),
    user: () => translateApiError(whoAmI(api)),
    async nodes(asked) {
      const found = await translateApiError(
        Promise.all(asked.map((name) => ifAllowed(api.find<Node>(`${paths.nodes}/${name}`)))),
      );
      return found.flatMap((node) => node ?? []);
    },
    handOverState: (record) => translateApiError(readHandOverState(api, target, record)),
    handOver: (action) => unlessRaced(handOver(api, target, action)),
    setReclaimPolicy: (volume, policy) => translateApiError(setReclaimPolicy(api, volume, policy)),
    serverFacts: (pod) => askServerFacts(on(pod)),
    commits: (pod, withinMs) => commits(on(pod), withinMs),
    unloggedTables: () => askUnloggedTables(writer),
    checkpointOn: (pod) => checkpointOn(on(pod)),
    makeReplicationSlots: (pod, names) => makeReplicationSlots(on(pod), names),
    dropUnusedSlots: (pod) => dropUnusedSlots(on(pod), target),
    alterSystem: (pod, settings) => alterSystem(on(pod), settings),
    lastRecord: (pod) => askLastRecord(on(pod)),
    promote: (pod) => promote(on(pod)),
  };
}

function failoverPort({connection: {api}, target, exec, writer}: Place): FailoverPort {
  const on = (pod: string): Administration => ({...writer, pod});
  return {
    failoverPermissions: (volumes) =>
      translateApiError(Promise.all(failoverPermissions(target.namespace, volumes).map((asked) => review(api, asked)))),
    nodeSeen: (name) => translateApiError(readNode(api, name)),
    attachedTo: (volume) => translateApiError(readAttachment(api, volume)),
    answerFrom: (pod, host) => askAnswer(exec, pod, container, host),
    writerSeenFrom: (pod, host) => askWriterFrom(on(pod), host),
    stopFrom: (pod, host) => stopFrom(on(pod), host),
    unstopFrom: (pod, host) => unstopFrom(on(pod), host),
    readerPosition: (pod) => askPosition(on(pod)),
    endReceiver: (pod) => endReceiver(on(pod)),
    forkOf: (timeline) => askFork(writer, timeline),
    lostCommits: (asked) => translateApiError(lostCommits(api, target, asked)),
    takeOverState: (record) => translateApiError(readTakeOverState(api, target, record)),
    takeOver: (action) => unlessRaced(takeOver(api, target, action)),
  };
}

/** What somebody else was faster with is seen on the next look. */
async function unlessRaced(changed: Promise<void>): Promise<void> {
  await changed.catch((error: unknown) => {
    if (!isRaced(error)) throw error instanceof ApiError ? new UserError(causeOfApiError(error)) : error;
  });
}

function leasePort({connection: {api}, target: {namespace, release}, names}: Place): LeasePort {
  const lease = new HeldLease(api, namespace, names.lease, release);
  return {
    takeLease: (record) => translateApiError(lease.take(record)),
    watchHolder: (limits) => translateApiError(watchHolder(api, namespace, names.lease, limits)),
    renewLease: () => translateApiError(lease.renew()),
    confirmLease: () => translateApiError(lease.confirm()),
    noteLease: (record) => translateApiError(noteLease(api, namespace, names.lease, record)),
    pauseLease: () => pauseLease(api, namespace, names.lease),
    endLease: () => endLease(api, namespace, names.lease),
  };
}

/** In a pod the context is client-node's invention: helm finds the service account by itself. */
export function helmContext({context}: Connection): string {
  return context === 'inClusterContext' ? '' : context;
}

async function proofs(
  connection: Connection,
  snapshot: Reading['snapshot'],
  credentials: Reading['credentials'],
  signal: AbortSignal,
): ReturnType<Prove> {
  const parameters = fromValues(snapshot.release.values);
  if (!credentials || !parameters) return [];
  const {namespace} = snapshot.target;
  const names = objectNames(snapshot.target);
  const view = viewOf({...snapshot, database: []});
  const readers = view.readerPods.filter(isReady).map(({metadata}) => metadata.name);
  const writer = isReady(view.writerPod) ? (view.writerPod?.metadata.name ?? null) : null;
  if (!writer && readers.length === 0) return [];
  const addressOf = (service: Service | null, name: string): EndpointAddress => {
    const external = externalAddress(service, snapshot.nodeAddress);
    return {external, service: name, encryption: external && encryptionOf(snapshot, external.host)};
  };
  return proveEndpoints({
    writer: addressOf(view.writerService, names.writer),
    reader: readers.length > 0 ? addressOf(view.readerService, names.reader) : null,
    sslmode: sslmodeOf(snapshot, [names.writer, names.reader]),
    pods: {writer, readers},
    container,
    credentials: {
      username: parameters.username,
      database: parameters.database,
      password: credentials.user,
      adminPassword: credentials.admin,
    },
    streamingPods: {
      byAddress: Object.fromEntries(
        snapshot.pods.flatMap(({metadata, status}) => (status?.podIP ? [[status.podIP, metadata.name]] : [])),
      ),
      writer,
      readers,
      isProxied: view.writerPod !== null && hasProxy(view.writerPod),
    },
    exec: (pod, inContainer, command, stdin, timeoutMs) =>
      execInPod(connection, namespace, pod, inContainer, command, stdin, timeoutMs),
    timeoutMs: proofTimeoutMs,
    signal,
  });
}

/** What is known of the servers: a pod that is still to restart, or to get a certificate, shows another one or none. */
type Seen = Reading['snapshot'];

function encryptionOf(seen: Seen, host: string): Encryption | null {
  const shown = shownBy(seen);
  if (shown === null) return null;
  const {certificate} = shown;
  const names = isIP(host) ? {dns: [], ips: [host]} : {dns: [host], ips: []};
  return {
    authority: certificate?.authority ?? null,
    verifiesName: certificate !== null && uncoveredNames(certificate, names).length === 0,
  };
}

function sslmodeOf(seen: Seen, services: readonly string[]): SslMode {
  const shown = shownBy(seen);
  if (shown === null) return 'prefer';
  const {certificate} = shown;
  if (!certificate?.authority) return 'require';
  return uncoveredNames(certificate, {dns: services, ips: []}).length === 0 ? 'verify-full' : 'verify-ca';
}

/** Null where a server does not speak TLS; `certificate` null where not all of them are known to show the Secret's. */
function shownBy(seen: Seen): {readonly certificate: ReadableCertificate | null} | null {
  const snapshot = {...seen, database: []};
  if (!isEncrypted(snapshot)) return null;
  return {certificate: isCertificateInUse(snapshot) ? readableIn(snapshot) : null};
}

/** @throws UserError with what the API server's refusal means */
export async function translateApiError<T>(asked: Promise<T>): Promise<T> {
  return asked.catch((error: unknown) => {
    throw error instanceof ApiError ? new UserError(causeOfApiError(error)) : error;
  });
}

/** A helm that changes nothing asks a busy cluster dozens of questions, and gives up at the first that fails. */
const maxDryRuns = 8;

async function untilAnswered<T>(ask: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
  for (let tries = 1; ; tries++) {
    const outcome = await ask();
    if (outcome.ok || outcome.cause?.code !== 'CONNECTION_LOST' || tries === maxDryRuns) return outcome;
  }
}

/** @throws UserError with what helm said */
function unwrap<T>(outcome: Outcome<T>, {release, namespace}: Target): T {
  if (outcome.ok) return outcome;
  if (outcome.cause) throw new UserError(outcome.cause);
  throw new UserError(
    cause(
      outcome.stopped || /ended by SIG/.test(outcome.text) ? 'CANCELLED' : 'CHART_REJECTED',
      outcome.stopped
        ? `helm was stopped while it worked on ${release}.`
        : `helm could not finish its work on ${release}.`,
      {
        object: {kind: 'Release', namespace, name: release},
        evidence: outcome.text.split('\n').slice(0, 20),
        remedies: [{title: 'Run the same command again: it goes on where it is', again: true}],
      },
    ),
    !outcome.stopped,
  );
}
