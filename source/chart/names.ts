// The names that chart 16.7.26 gives to its objects. Source: templates/_helpers.tpl and common's _names.tpl.
import type {GivenSecret} from './secret-keys.ts';

/** The chart's name. Source: Chart.yaml. */
export const databaseChart = 'postgresql';

/** The container of the database in each pod. Source: templates/primary/statefulset.yaml, templates/read/. */
export const databaseContainer = 'postgresql';

/** The database's container among those of a pod, or its status among theirs. */
export function databaseIn<T extends {readonly name: string}>(containers: readonly T[] | undefined): T | undefined {
  return containers?.find(({name}) => name === databaseContainer);
}

/** Where the database and the Services listen. Source: values.yaml, `containerPorts` and `service.ports`. */
export const postgresPort = 5432;

/** The name of that port in a container and in a Service. Source: templates/primary/statefulset.yaml. */
export const postgresPortName = 'tcp-postgresql';

/** The keys of the labels that the chart's objects carry. Source: common's _labels.tpl. */
export const labelKeys = {
  name: 'app.kubernetes.io/name',
  instance: 'app.kubernetes.io/instance',
  component: 'app.kubernetes.io/component',
  version: 'app.kubernetes.io/version',
  managedBy: 'app.kubernetes.io/managed-by',
  partOf: 'app.kubernetes.io/part-of',
  chart: 'helm.sh/chart',
} as const;

/** What the label of the component says. Source: templates/primary/statefulset.yaml, templates/read/. */
export const componentLabels = {writer: 'primary', reader: 'read'} as const;

/** The selector of objects whose name nobody has overridden. */
export const databaseNameSelector = `${labelKeys.name}=${databaseChart}`;

/** The selector of the pods of the database, writer and readers, by their component. */
export const databaseComponents = `${labelKeys.component} in (${Object.values(componentLabels).join(',')})`;

/** The selector of all objects of a release. */
export function instanceSelector(release: string): string {
  return `${labelKeys.instance}=${release}`;
}

/** These names are reserved, so the parameters know them too, to refuse them. */
export {metricsUser, replicationUser} from '../parameters/identifiers.ts';

/**
 * What all names of a release's objects follow from. It stands in the values (naming-values.ts) and, where anything is
 * given, on the Secret.
 */
export interface Naming {
  /** The chart's fullname, from which all object names start. */
  readonly fullname: string;
  /** What the values say about names, in a release that existed before it was ours. Absent: nothing. */
  readonly given?: GivenNames;
}

/** The names that a release's values give. Chart 16.7.26, values.yaml. What is absent is the chart's default. */
export interface GivenNames {
  readonly nameOverride?: string;
  readonly fullnameOverride?: string;
  /** `primary.name`. Empty: the writer has just the fullname, as in a release that was standalone. */
  readonly writer?: string;
  /** `readReplicas.name`. */
  readonly reader?: string;
  /** `primary.persistence.existingClaim`. */
  readonly claim?: string;
  /** The operator's own Secret, which applications read. Where it is given, the values name the fullname too. */
  readonly secret?: GivenSecret;
}

/** The chart's own names: those of every release that the installer makes. */
export function ownNames(release: string): Naming {
  return {fullname: fullnameOf(release)};
}

/** The chart's fullname: the release's name when it contains `postgresql`, else `<release>-postgresql`. */
export function fullnameOf(release: string, {nameOverride = databaseChart, fullnameOverride}: GivenNames = {}): string {
  if (fullnameOverride !== undefined) return cut(fullnameOverride);
  const name = release.toLowerCase().replace(/[^a-z0-9-]+/g, '-');
  return cut(name.includes(nameOverride) ? name : `${name}-${nameOverride}`);
}

/** Cuts a name as the chart does: `trunc 63 | trimSuffix "-"`. */
function cut(name: string): string {
  const short = name.slice(0, 63);
  return short.endsWith('-') ? short.slice(0, -1) : short;
}

interface ObjectNames {
  readonly writer: string;
  readonly reader: string;
  /** The claim of the writer's pod. */
  readonly writerClaim: string;
  readonly writerHeadless: string;
  readonly readerHeadless: string;
  /**
   * The installer's Secret or the one that was given; never the chart's own, which has just the fullname as its name.
   */
  readonly secret: string;
  /** The Secret of a certificate that the installer makes, and the one of the authority that signs it. */
  readonly certificate: string;
  readonly certificateAuthority: string;
  readonly lease: string;
  /** The CronJob of the backups and the claim of their volume. */
  readonly backup: string;
}

/** StatefulSets and Services share the names `writer` and `reader`. For architecture=replication. */
export function objectNames({fullname, given = {}}: Naming): ObjectNames {
  const writer = cut(`${fullname}-${given.writer ?? componentLabels.writer}`);
  const reader = cut(`${fullname}-${given.reader ?? componentLabels.reader}`);
  return {
    writer,
    reader,
    writerClaim: given.claim ?? claimName(writer, 0),
    writerHeadless: cut(`${writer}-hl`),
    readerHeadless: cut(`${reader}-hl`),
    secret: given.secret?.name ?? authSecret(fullname),
    certificate: `${fullname}-tls`,
    certificateAuthority: `${fullname}-tls-ca`,
    lease: `${fullname}-operation`,
    backup: `${writer}-pgdumpall`,
  };
}

/** The Secret that the installer makes. */
export function authSecret(fullname: string): string {
  return `${fullname}-auth`;
}

/** The fullname of the release that a Secret of the installer belongs to. */
export function fullnameOfSecret(secret: string): string {
  return secret.replace(/-auth$/, '');
}

/** The claim of one pod. Kubernetes API: `<claim template>-<StatefulSet>-<ordinal>`. */
export function claimName(statefulSet: string, ordinal: number): string {
  return `${claimPrefix(statefulSet)}${ordinal}`;
}

/** What the names of the claims begin with that a StatefulSet makes for its pods. */
export function claimPrefix(statefulSet: string): string {
  return `data-${statefulSet}-`;
}

/** The pods of the writer and of that many readers. */
export function podNames(naming: Naming, readers: number): readonly string[] {
  const {writer, reader} = objectNames(naming);
  return [`${writer}-0`, ...Array.from({length: readers}, (_, ordinal) => `${reader}-${ordinal}`)];
}

/** The claim of the data of one pod of a release. */
export function claimOfPod(naming: Naming, pod: string): string {
  const {writer, writerClaim} = objectNames(naming);
  return pod === `${writer}-0` ? writerClaim : `data-${pod}`;
}

/** Whether the pod has a claim that was given: no StatefulSet makes it again. */
export function isGivenClaim(naming: Naming, pod: string): boolean {
  return naming.given?.claim !== undefined && claimOfPod(naming, pod) === naming.given.claim;
}

/** Claims that the pods of a release take, or took: one that was given, and those that its StatefulSets make. */
export function isClaimOf(naming: Naming, claim: string): boolean {
  const {writer, reader, writerClaim} = objectNames(naming);
  if (claim === writerClaim) return true;
  return [writer, reader].some((set) => ordinalIn(claimPrefix(set), claim) !== null);
}

/** The claims of the writer and of that many readers, in the order in which they are made. */
export function claimNames(naming: Naming, readers: number): readonly string[] {
  return podNames(naming, readers).map((pod) => claimOfPod(naming, pod));
}

/** The ordinal of the reader that a pod is; null for any other pod. */
export function readerOfPod(naming: Naming, pod: string): number | null {
  return ordinalIn(`${objectNames(naming).reader}-`, pod);
}

/** The ordinal of the reader that a claim belongs to, whether that reader exists or not; null for any other claim. */
export function readerOfClaim(naming: Naming, claim: string): number | null {
  return ordinalIn(claimPrefix(objectNames(naming).reader), claim);
}

function ordinalIn(prefix: string, name: string): number | null {
  const rest = name.startsWith(prefix) ? name.slice(prefix.length) : '';
  return /^\d+$/.test(rest) ? Number(rest) : null;
}

/**
 * The version of this chart that an object was rendered of, by its label helm.sh/chart, such as `postgresql-16.7.26`;
 * null: the object is of another chart, or does not say.
 */
export function chartVersionOf(labels: Readonly<Record<string, unknown>> = {}): string | null {
  return /^postgresql-(\d.*)$/.exec(String(labels[labelKeys.chart]))?.[1] ?? null;
}

/** With a longer one the label controller-revision-hash (name + 11) exceeds 63 characters, and no pod is ever made. */
export const longestFullname = 44;

/** Kubernetes: the name of a CronJob has at most 52 characters. */
export const longestFullnameWithBackups = 34;

/** NAME_TOO_LONG: with a longer fullname no pod is ever made, or two objects get one name. */
export function fullnameProblem(release: string): string | null {
  const excess = fullnameOf(release).length - longestFullname;
  if (excess <= 0) return null;
  return (
    `The release name "${release}" is too long: its objects start with ${fullnameOf(release)}, ` +
    `${fullnameOf(release).length} characters, and ${longestFullname} is the most that works. Shorten it by ` +
    `${excess}.`
  );
}
/**
 * What the replication slots of readers begin with, before the ordinal: `orders_postgresql_read_`. The official images'
 * entry point makes a slot's name from the pod's name in the same way. It always fits: a pod's name has at most 63
 * characters.
 */
export function slotPrefix(naming: Naming): string {
  return `${objectNames(naming).reader}-`.replace(/[^a-z0-9]/g, '_');
}

/** The ConfigMap of that file. Source: templates/primary/extended-configmap.yaml. */
export function settingsConfigMap(statefulSet: string): string {
  return `${statefulSet}-extended-configuration`;
}

/** Labels that the pods, StatefulSets, Services and claims of a release carry. */
export function selectorOf({release, ...naming}: Naming & {readonly release: string}): string {
  return `${instanceSelector(release)},${labelKeys.name}=${nameLabelOf(naming)}`;
}

/** The label app.kubernetes.io/name. */
export function nameLabelOf({given}: Pick<Naming, 'given'>): string {
  return given?.nameOverride ?? databaseChart;
}
