// A release that plain helm made, on its way to be ours: what it is in our parameters, or why it cannot be taken over.
import {cause, type Cause, type Remedy} from '../core/cause.ts';
import {asItIs, releaseRef, type RequestOf} from '../commands/operation.ts';
import {propose, render} from '../commands/command-line.ts';
import {
  carriedValues,
  certificateIn,
  imagesOf,
  otherKinds,
  reachOf,
  sharedSettings,
  synchronousIn,
  type Affinity,
  type SeenService,
} from '../chart/adopted-values.ts';
import {databaseChart, objectNames, postgresPort, postgresPortName} from '../chart/names.ts';
import {majorOf, otherMajor} from '../chart/postgres-major.ts';
import {at, isObject, objectAt, textAt, type Values} from '../chart/tree.ts';
import {missingKeys} from '../observation/checks/collisions.ts';
import {kubectlHere} from '../commands/kubectl.ts';
import {helm, listed, object} from '../observation/checks/messages.ts';
import type {Container, Service, StatefulSet} from '../observation/kubernetes.ts';
import {memoryAsked} from '../observation/pods/memory-asked.ts';
import {versionOfImage, versionOfPod} from '../observation/postgres-version.ts';
import {databaseOfSet} from '../observation/pods/pod-template.ts';
import {isReady, viewOf} from '../observation/release-view.ts';
import type {Revision, Snapshot, Target} from '../observation/snapshot.ts';
import {dataTemplateOf} from '../observation/storage.ts';
import {labelsText} from '../parameters/descriptors/node-selector.ts';
import {instanceTypeLabel} from '../parameters/identifiers.ts';
import {compareQuantities} from '../parameters/quantity.ts';
import type {Parameters, Readers} from '../parameters/parameters.ts';
import {ofReaders, type DiskSizes} from '../parameters/readers.ts';
import {nowhere} from '../parameters/place.ts';
import {resolve} from '../parameters/resolve.ts';
import {smallestMemory} from '../parameters/sizes.ts';
import {isRecordedAsApplied} from './recorded-as-applied.ts';
import {appliedWayBack, recordedFirst} from './applied-preface.ts';
import {renewalRefusal, wayToChart11} from './before-chart-11.ts';
import {insideAnother} from './detach.ts';
import type {ChangeConsequence} from './change-facts.ts';
import {objectsOfKind} from './manifests.ts';
import {readersOwnText} from './readers-sizes.ts';
import {whoReads, type SecretReaders} from './secret-readers.ts';
import {steeredRefusal} from './steered-adoption.ts';
import {nothingChanged, wayBack} from './way-back.ts';
import {appliedRefusal} from './without-record.ts';

/** Amounts for where the release states none, or where others are wanted; null: as the release has them. */
export interface AdoptionAsked {
  readonly cpu: string | null;
  readonly memory: string | null;
  readonly readReplicas: number | null;
  /** What the readers get instead of what they have. */
  readonly readers: {readonly cpu: string | null; readonly memory: string | null};
}

interface Adoptable {
  readonly parameters: Parameters;
  /** Secrets that the chart made: they stay, so that whoever reads them goes on. */
  readonly secrets: readonly string[];
}

/** Source: AWS Load Balancer Controller, Service annotations. */
const awsScheme = 'service.beta.kubernetes.io/aws-load-balancer-scheme';
/** What is requested for a pod that requests no CPU today: little, so that it still fits where it is. */
const leastCpu = '100m';

/**
 * Why the release cannot be adopted, as far as that is seen without asking the database.
 * @returns null where nothing stands in the way
 */
export function adoptionRefusal(snapshot: Snapshot): Cause | null {
  const {newest, writerSet, writerPod} = viewOf(snapshot);
  const steered = steeredRefusal(snapshot);
  if (steered) return steered;
  const {writer} = objectNames(snapshot.target);
  // Without helm's record, names and values are read from the objects.
  if (!newest) return appliedRefusal(snapshot);
  const record = recordProblem(snapshot, newest);
  if (record) return record;
  if (!writerSet) return refused(snapshot, `there is no StatefulSet ${writer}`);
  if (sizeIn(snapshot, writerSet) === null) return refused(snapshot, 'its database has no volume of its own');
  if (!isReady(writerPod)) return refused(snapshot, `its pod ${writer}-0 is not ready`, [doctor(snapshot)]);
  return pendingMajor(snapshot) ?? portProblem(snapshot);
}

/**
 * Under OnDelete or with a partition, a pod may run another image than its StatefulSet has for it: the restart that
 * ends an adoption would start that one on the files of another major version.
 */
function pendingMajor(snapshot: Snapshot): Cause | null {
  const {writerSet, readerSet, writerPod, readerPods} = viewOf(snapshot);
  const {target} = snapshot;
  const pods = [
    ...(writerPod ? [{pod: writerPod, set: writerSet}] : []),
    ...readerPods.map((pod) => ({pod, set: readerSet})),
  ];
  for (const {pod, set} of pods) {
    const {image = ''} = (set && databaseOfSet(set)) ?? {};
    const [is, will] = [versionOfPod(pod, target), versionOfImage(image)];
    if (set && is !== null && will !== null && majorOf(is) !== majorOf(will)) {
      const {remedies, ...found} = otherMajor(
        target,
        is,
        will,
        `the image of StatefulSet ${set.metadata.name}, ${image},`,
      );
      const [first, ...rest] = remedies;
      const back = {
        title:
          `Go back by helm upgrade to a chart, or to an image.tag, of PostgreSQL ${majorOf(is)}, which ` +
          `${pod.metadata.name} still runs; then run the same command again`,
      };
      return {...found, remedies: [first && back, ...rest].filter((one) => one !== undefined)};
    }
  }
  return null;
}

/**
 * What would prevent the adoption of a release of chart 10 once it is of today's chart, asked before anything changes.
 * @param renewed the values that it gets on the way
 */
export function refusalAfterRenewal(snapshot: Snapshot, renewed: Values): Cause | null {
  const {writerSet} = viewOf(snapshot);
  const container = writerSet && databaseOfSet(writerSet);
  if (container && !imagesOf(container.image ?? '', renewed)) return unknownImage(snapshot, container.image ?? '');
  const reach = reachIn(snapshot);
  return 'code' in reach ? reach : portProblem(snapshot);
}

/** The refusal that follows from helm's record; null when nothing does. */
function recordProblem(snapshot: Snapshot, newest: Revision): Cause | null {
  if (newest.chartName !== databaseChart) return insideAnother(snapshot.target, newest.chartName);
  if (newest.status !== 'deployed') return unfinished(snapshot);
  const major = Number(newest.chartVersion.split('.')[0]);
  if (major === 10) return renewalRefusal(snapshot);
  if (!(major >= 11 && major <= 16))
    return refused(snapshot, chartProblem(newest.chartVersion), [...(major < 11 ? wayToChart11(snapshot) : []), copy]);
  const [other] = otherKinds(snapshot.release.values ?? {});
  return other === undefined ? null : refused(snapshot, other);
}

/** @param login of the applications, as the container says it. @throws UserError BAD_INPUT as `resolve` does */
export function adoptable(
  snapshot: Snapshot,
  manifest: string,
  login: Pick<Parameters, 'username' | 'database'>,
  asked: AdoptionAsked,
): Adoptable | Cause {
  const values = snapshot.release.values ?? {};
  const server = serverOf(snapshot, values, asked);
  if ('code' in server) return server;
  const reach = reachIn(snapshot);
  if ('code' in reach) return reach;
  const isStandalone = snapshot.target.given?.writer === '';
  const tls = certificateIn(values);
  if (!tls) return ownKeys(snapshot);
  const {images, ...sizes} = server;
  const {username, database} = login;
  const parameters = resolve(
    {username, database, ...sizes, sizing: 'off', images: {source: images.source, tag: images.tag}},
    nowhere,
  );
  const hasNetworkPolicies = objectsOfKind(manifest, 'NetworkPolicy').length > 0;
  return {
    parameters: {
      ...parameters,
      ...reach.writer,
      images,
      tls,
      readers: {...parameters.readers, ...reach.readers},
      storageClass: classIn(viewOf(snapshot).writerSet),
      synchronousReplicas: synchronousIn(values),
      postgresConfig: sharedSettings(values, isStandalone) ?? {},
      extraValues: carriedValues(values, {
        isStandalone,
        hasNetworkPolicies,
        affinities: affinitiesIn(snapshot),
        account: accountIn(viewOf(snapshot).writerSet),
      }),
    },
    secrets: objectsOfKind(manifest, 'Secret').flatMap((one) => textAt(one, ['metadata', 'name']) ?? []),
  };
}

type Server = Pick<
  Parameters,
  'images' | 'cpu' | 'memory' | 'storageSize' | 'spread' | 'readReplicaCount' | 'readers' | keyof Placed
>;

type ServerAnswers = Omit<Server, 'priorityClass'> & {readonly cpuLimit?: string; readonly priorityClass?: string};

/** What the StatefulSets say, and what is asked for instead. */
function serverOf(snapshot: Snapshot, values: Values, asked: AdoptionAsked): ServerAnswers | Cause {
  const {writerSet, desiredReaders} = viewOf(snapshot);
  const container = writerSet && databaseOfSet(writerSet);
  const image = container?.image ?? '';
  const images = imagesOf(image, values);
  if (!container || !images) return unknownImage(snapshot, image);
  const memory = asked.memory ?? memoryOf(container);
  const readers = readersOf(snapshot, asked);
  if (memory === null || readers === null) return lacksMemoryLimit(snapshot);
  return {
    readers,
    images,
    memory,
    cpu: asked.cpu ?? cpuOf(container),
    ...cpuLimitOf(container),
    ...placeOf(snapshot, writerSet),
    readReplicaCount: asked.readReplicas ?? desiredReaders,
  };
}

function unknownImage(snapshot: Snapshot, image: string): Cause {
  return refused(snapshot, `its image ${image} is not of the kind of bitnami/postgresql`);
}

/** What the readers' StatefulSet says, even where the writer's says the same; null: they have no memory limit. */
function readersOf(snapshot: Snapshot, asked: AdoptionAsked): Readers | null {
  const {readerSet} = viewOf(snapshot);
  const container = readerSet && databaseOfSet(readerSet);
  if (!readerSet || !container) return {};
  const memory = asked.readers.memory ?? memoryOf(container);
  const storageSize = sizeIn(snapshot, readerSet, 'readers');
  if (memory === null) return null;
  const {instanceType, nodeSelector, priorityClass} = placedBy(readerSet);
  return {
    memory,
    instanceType,
    nodeSelector: labelsText(nodeSelector),
    priorityClass: priorityClass ?? 'none',
    cpu: asked.readers.cpu ?? cpuOf(container),
    cpuLimit: cpuLimitOf(container).cpuLimit ?? 'none',
    ...(storageSize === null ? {} : {storageSize}),
  };
}

type Placed = Pick<Parameters, 'instanceType' | 'nodeSelector' | 'priorityClass'>;

/** Which nodes the pods of a StatefulSet run on, and before whom. */
function placedBy({spec: {template}}: StatefulSet): Placed {
  const {[instanceTypeLabel]: instanceType = 'any', ...nodeSelector} = template.spec.nodeSelector ?? {};
  return {instanceType, nodeSelector, priorityClass: textAt(template.spec, ['priorityClassName']) || null};
}

function affinitiesIn(snapshot: Snapshot): readonly [writer: Affinity, readers: Affinity | null] {
  const {writerSet, readerSet} = viewOf(snapshot);
  const of = (set: StatefulSet): Affinity => {
    const {nodeAffinity, podAffinity} = objectAt(set, ['spec', 'template', 'spec', 'affinity']);
    return {...(isObject(nodeAffinity) ? {nodeAffinity} : {}), ...(isObject(podAffinity) ? {podAffinity} : {})};
  };
  return [writerSet ? of(writerSet) : {}, readerSet && of(readerSet)];
}

function accountIn(set: StatefulSet | null): string | null {
  return textAt(set, ['spec', 'template', 'spec', 'serviceAccountName']) || null;
}

/** Where it runs and what it is stored on. The caller knows that it has a volume. */
function placeOf(
  snapshot: Snapshot,
  writerSet: StatefulSet,
): Pick<ServerAnswers, 'instanceType' | 'nodeSelector' | 'priorityClass' | 'storageSize' | 'spread'> {
  const {priorityClass, ...placed} = placedBy(writerSet);
  return {
    ...placed,
    ...(priorityClass === null ? {} : {priorityClass}),
    storageSize: sizeIn(snapshot, writerSet) ?? '',
    spread: spreadOf(writerSet),
  };
}

function cpuLimitOf({resources}: Container): {readonly cpuLimit?: string} {
  const limit = resources?.limits?.['cpu'];
  return limit === undefined ? {} : {cpuLimit: limit};
}

function cpuOf({resources}: Container): string {
  return resources?.requests?.['cpu'] ?? leastCpu;
}

interface Reach {
  readonly writer: NonNullable<ReturnType<typeof reachOf>>;
  /** Set where the readers are reached in another way. */
  readonly readers: Pick<Readers, 'exposure'>;
}

/** How clients reach the database. `allowFrom` stands once, for the one or two load balancers that there are. */
function reachIn(snapshot: Snapshot): Reach | Cause {
  const {writerService, readerService} = viewOf(snapshot);
  const writer = writerService && reachOf(seenIn(writerService));
  const reader = readerService ? reachOf(seenIn(readerService)) : writer;
  if (!writer || !reader) return refused(snapshot, 'its Service is of a type that is not known here');
  if ([writerService, readerService].some(isUnmarked)) return unmarked(snapshot);
  if (writer.exposure === reader.exposure) return {writer, readers: {}};
  const {allowFrom} = writer.exposure === 'load-balancer' ? writer : reader;
  return {writer: {...writer, allowFrom}, readers: {exposure: reader.exposure}};
}

/** Whether an AWS load balancer does not state its scheme: it would get the annotation, and may be recreated for it. */
function isUnmarked(service: Service | null): boolean {
  const balancers = service?.status?.loadBalancer?.ingress ?? [];
  const isOfAws = balancers.some(({hostname}) => hostname?.endsWith('.amazonaws.com'));
  return isOfAws && service?.metadata.annotations?.[awsScheme] === undefined;
}

function unmarked(snapshot: Snapshot): Cause {
  const why =
    'its load balancer on AWS has no annotation for its scheme, and would get one: it could be recreated by that';
  return refused(snapshot, why, [
    {
      title:
        `Say by helm upgrade what it is now, under primary.service.annotations: ${awsScheme} is internet-facing or ` +
        'internal; then run the same command again',
    },
  ]);
}

/**
 * Null when there is no limit today: none is made up. A limit below what PostgreSQL needs, as a preset has, is raised.
 */
function memoryOf({resources}: Container): string | null {
  const limit = resources?.limits?.['memory'] ?? null;
  return limit !== null && compareQuantities(limit, smallestMemory) < 0 ? smallestMemory : limit;
}

/** The size of the claims that the StatefulSet makes, or of the claim that it was given; null when it has none. */
function sizeIn({claims, target}: Snapshot, set: StatefulSet, whose: keyof DiskSizes = 'writer'): string | null {
  const given = whose === 'writer' && claims.find(({metadata}) => metadata.name === target.given?.claim);
  return (given || dataTemplateOf(set))?.spec.resources?.requests?.['storage'] ?? null;
}

function classIn(set: StatefulSet | null): string | null {
  return set === null ? null : (dataTemplateOf(set)?.spec.storageClassName ?? null);
}

function spreadOf(set: StatefulSet): Parameters['spread'] {
  const rules = at(set, ['spec', 'template', 'spec', 'affinity', 'podAntiAffinity']);
  const required = at(rules, ['requiredDuringSchedulingIgnoredDuringExecution']);
  return Array.isArray(required) && required.length > 0 ? 'required' : 'preferred';
}

function seenIn({spec, metadata}: Service): SeenService {
  return {
    type: spec.type ?? 'ClusterIP',
    loadBalancerSourceRanges: spec.loadBalancerSourceRanges ?? [],
    annotations: metadata.annotations ?? {},
  };
}

const copy: Remedy = {title: 'Install a release under another name, and copy the data there (pg_dump and psql)'};

function doctor({target}: Snapshot): Remedy {
  return propose('See what is wrong', {kind: 'doctor', ...releaseRef(target)});
}

function ownKeys(snapshot: Snapshot): Cause {
  const why = 'its certificate is under the keys server.crt and server.key, which are those of our own certificates';
  const title =
    'Put it under tls.crt and tls.key too, in its Secret, and say so by helm upgrade (tls.certFilename and ' +
    'tls.certKeyFilename); then run the same command again';
  return refused(snapshot, why, [{title}]);
}

function refused({target}: Snapshot, why: string, remedies: readonly Remedy[] = [copy]): Cause {
  return cause('NOT_ADOPTABLE', `${target.release} cannot be adopted: ${why}. Nothing was changed.`, {
    object: object('Release', target, target.release),
    remedies,
  });
}

/** The refusal when something that the manifest has now would be lost. */
export function lost(target: Target, losses: readonly string[]): Cause {
  return cause(
    'NOT_ADOPTABLE',
    `${target.release} cannot be adopted: ${listed(losses.slice(0, 3))}${losses.length > 3 ? ', and more,' : ''} ` +
      'would not be what it is now. Nothing was changed.',
    {
      object: object('Release', target, target.release),
      evidence: losses,
      remedies: [
        {title: 'Set these back with helm upgrade, where nobody needs them; then run the same command again'},
        copy,
      ],
    },
  );
}

function chartProblem(version: string): string {
  return Number(version.split('.')[0]) < 11
    ? `the StatefulSets of its chart, ${version}, select other pods, and Kubernetes lets nobody change that`
    : `its chart is ${version}, newer than the newest that is known here`;
}

function unfinished(snapshot: Snapshot): Cause {
  const {target} = snapshot;
  const {newest} = viewOf(snapshot);
  const good = [...snapshot.release.revisions]
    .reverse()
    .find(({status}) => status === 'deployed' || status === 'superseded');
  const revision = String((good ?? newest)?.revision ?? 1);
  return cause(
    'RELEASE_LOCKED',
    `${target.release} cannot be adopted yet: its revision ${newest?.revision ?? '?'} is ${newest?.status ?? '?'}. ` +
      'Nothing was changed.',
    {
      object: object('Release', target, target.release),
      remedies: [
        {
          title: 'When no helm is at work on it any more, complete it; then run the same command again',
          command: helm(target, 'rollback', target.release, revision),
        },
      ],
    },
  );
}

/** Asks for the limit of memory that the release does not have, with the command that gives one. */
export function lacksMemoryLimit(snapshot: Snapshot, asked: RequestOf<'adopt'> = asItIs): Cause {
  const {target} = snapshot;
  const {suggestion, why} = memoryAsked(snapshot) ?? {suggestion: smallestMemory, why: 'nothing is known of it'};
  const withLimit = {...asked, ...releaseRef(target), sizes: {...asked.sizes, memory: suggestion}};
  return cause(
    'BAD_INPUT',
    `The database of ${target.release} has no limit of memory. pg-helm-install gives each pod as much memory as it ` +
      `may use at most: say how much with --memory, such as ${suggestion} (${why}). Nothing was changed.`,
    {
      object: object('Release', target, target.release),
      remedies: [
        propose(`Take it over with ${suggestion} for each pod, or with more`, withLimit),
        {title: 'See what it uses now', command: kubectlHere(target, 'top', 'pod')},
      ],
    },
  );
}

function portProblem(snapshot: Snapshot): Cause | null {
  const {writerService, readerService, writerSet, readerSet} = viewOf(snapshot);
  const ports = [writerService, readerService].flatMap((service) => service?.spec.ports ?? []);
  const other = ports.find(({port}) => port !== postgresPort);
  if (other)
    return refused(snapshot, `its Services answer on port ${other.port}, and only ${postgresPort} is known here`);
  const own = [writerSet, readerSet]
    .flatMap((set) => (set && databaseOfSet(set)?.ports) ?? [])
    .find(({name, containerPort}) => name === postgresPortName && containerPort !== postgresPort);
  return own
    ? refused(snapshot, `its database listens on port ${own.containerPort}, and only ${postgresPort} is known here`)
    : null;
}

/** Where a pod could use all memory of its node until now. */
function firstLimit(snapshot: Snapshot, {memory}: Parameters): readonly ChangeConsequence[] {
  const asked = memoryAsked(snapshot);
  if (asked === null) return [];
  return [
    {
      code: 'OWNERSHIP_CHANGE',
      object: `StatefulSet/${objectNames(snapshot.target).writer}`,
      sentence:
        `Each pod gets a limit of memory, ${memory}, which it does not have today (${asked.why}): it may use no ` +
        'more, and as much is reserved for it.',
    },
  ];
}

/** Writer and readers may have different sizes, and keep them. */
function readersKeep({target}: Snapshot, parameters: Parameters): readonly ChangeConsequence[] {
  const own = readersOwnText(parameters);
  if (own === '') return [];
  const sentence = `The readers keep what they have otherwise than the writer: ${own}.`;
  return [{code: 'NO_CHANGE', object: `StatefulSet/${objectNames(target).reader}`, sentence}];
}

/** Each pod requests as much memory as it may use at most, which may be more than it requests now. */
function memoryReserved(snapshot: Snapshot, parameters: Parameters): readonly ChangeConsequence[] {
  const {writerSet, readerSet} = viewOf(snapshot);
  const told = (set: StatefulSet | null, who: string, {memory}: Pick<Parameters, 'memory'>): ChangeConsequence[] => {
    const now = set && databaseOfSet(set)?.resources?.requests?.['memory'];
    if (!set || !now || compareQuantities(now, memory) >= 0) return [];
    const sentence =
      `${who} requests ${memory} of memory from its node, as much as it may use at most, instead of ${now}. ` +
      'That keeps the node from giving the memory to others.';
    return [{code: 'OWNERSHIP_CHANGE', object: `StatefulSet/${set.metadata.name}`, sentence}];
  };
  return [...told(writerSet, 'The writer', parameters), ...told(readerSet, 'Each reader', ofReaders(parameters))];
}

/** A Secret that stays for those who read it. */
export interface StayingSecret {
  readonly name: string;
  readonly readers: SecretReaders;
}

/** Where the passwords are from now on, and who reads the Secrets in which they were. */
function aboutSecrets(
  {target, secret: found}: Snapshot,
  staying: readonly StayingSecret[],
): readonly ChangeConsequence[] {
  const {secret} = objectNames(target);
  if (target.given?.secret === undefined)
    return [
      {
        code: 'CREATE',
        object: `Secret/${secret}`,
        sentence: `Secret ${secret} gets the passwords that the database takes, each proven by a login.`,
      },
      ...staying.map((one) => stays(one, `it stays as it is; a rotation changes it and ${secret}`)),
    ];
  const added = missingKeys(found?.keys ?? [], target);
  const adds = added.length === 0 ? '' : `it gets ${listed(added)} beside what it has, and `;
  return staying.map((one) => stays(one, `${adds}it stays the Secret of the release; a rotation changes it there`));
}

function stays({name, readers}: StayingSecret, what: string): ChangeConsequence {
  const sentence = `Secret ${name}: ${what}. ${whoReads(readers)}.`;
  return {code: 'DATA_KEPT', object: `Secret/${name}`, sentence};
}

interface AdoptionReport {
  readonly chartVersion: string;
  readonly restartsLater: boolean;
  readonly parameters: Parameters;
}

/** What becomes of the release, and how to go back; told before anything else. */
export function adoptionPreface(
  snapshot: Snapshot,
  secrets: readonly StayingSecret[],
  {chartVersion, restartsLater, parameters}: AdoptionReport,
): readonly ChangeConsequence[] {
  const {target} = snapshot;
  const {newest} = viewOf(snapshot);
  const {release} = target;
  const restart = render({kind: 'restart', ...releaseRef(target)});
  const from = newest?.chartVersion ?? '';
  const isApplied = isRecordedAsApplied(newest);
  const chart = from === chartVersion ? '' : `, with chart ${chartVersion} instead of ${from}`;
  return [
    {
      code: 'OWNERSHIP_CHANGE',
      object: `Release/${release}`,
      sentence:
        `${release} becomes a release of pg-helm-install${chart}. ` +
        'Its data, volumes, Services with their addresses and passwords stay what they are.',
    },
    ...(isApplied ? [recordedFirst(target)] : []),
    ...aboutSecrets(snapshot, secrets),
    ...firstLimit(snapshot, parameters),
    ...readersKeep(snapshot, parameters),
    ...memoryReserved(snapshot, parameters),
    ...(restartsLater
      ? [
          {
            code: 'NO_CHANGE',
            object: `StatefulSet/${objectNames(target).writer}`,
            sentence: `No pod restarts now. What the new pod template brings begins with: ${restart}`,
          } as const,
        ]
      : []),
    isApplied ? appliedWayBack(target) : helmWayBack(snapshot, newest),
  ];
}

/** Told before anything happens: what changes the way later is told by whoever is asked for it then. */
function helmWayBack({target}: Snapshot, newest: Revision | null): ChangeConsequence {
  const {release} = target;
  const commands = newest ? wayBack(target, newest, nothingChanged).flatMap(({command}) => command ?? []) : [];
  return {
    code: 'OWNERSHIP_CHANGE',
    object: `Release/${release}`,
    sentence:
      `The way back: ${commands.join('; ')}. It restarts the writer. Save before.yaml now, because helm remembers ` +
      'ten revisions; after new passwords, grown disks or another image, history says what it takes then. A plain ' +
      'helm rollback is none.',
  };
}
