// Reads the values of a release that plain helm made: which of them stay in force beside our own, and what they say
// about things that have a parameter here. The keys are those of charts 11 to 16; a key that chart 16.7.26 does not
// know has no effect.
import type {Parameters, Images} from '../parameters/parameters.ts';
import {postgresConfig, type PostgresConfig} from '../parameters/descriptors/postgres-config.ts';
import {settingsByName} from './configuration-text.ts';
import {imageSourceOf} from './image.ts';
import {checkExtraValues, ownedPaths} from './owned.ts';
import type {Naming} from './names.ts';
import {allowFrom} from './parameters/allow-from.ts';
import {components, inBoth, inEach} from './parameters/chart-parameter.ts';
import {exposure} from './parameters/exposure.ts';
import {hostname} from './parameters/hostname.ts';
import {tls} from './parameters/tls.ts';
import {requiredSettings, settingsIn, type RunningSettings} from './required-settings.ts';
import {toValues} from './values.ts';
import {at, isObject, mergeValues, withoutPaths, textAt, type Values} from './tree.ts';

interface CarriedFrom {
  /** The release has no readers yet; those that are added get what the writer has. */
  readonly isStandalone: boolean;
  /** Whether the release has network policies, which charts make by default since chart 14. */
  readonly hasNetworkPolicies: boolean;
  /** What the pods of writer and readers have beside the rules that keep them apart; readers that are to come: null. */
  readonly affinities: readonly [writer: Affinity, readers: Affinity | null];
  /** The ServiceAccount of the pods, as their pod template says it; null: it names none, which means `default`. */
  readonly account: string | null;
}

/** Kubernetes API: parts of a pod's affinity that no parameter decides. A preset of the chart becomes one of them. */
export type Affinity = Readonly<Partial<Record<'nodeAffinity' | 'podAffinity', unknown>>>;

const settingsKey = 'extendedConfiguration';
const settingsPaths = components.map((component) => [component, settingsKey]);

/** The writer's values that its readers are to have as well. Names and volumes are not among them. */
const alsoForReaders = [
  settingsKey,
  'tolerations',
  'topologySpreadConstraints',
  'podSecurityContext',
  'containerSecurityContext',
  'networkPolicy',
  'podAnnotations',
] as const;

/**
 * What becomes extra values: everything that no parameter and no rule of ours decides.
 * @throws UserError BAD_INPUT for a value that looks like a password
 */
export function carriedValues(values: Values, from: CarriedFrom): Values {
  const {isStandalone, hasNetworkPolicies, affinities, account} = from;
  const kept = withoutPaths(
    values,
    ownedPaths.map(({path}) => path),
  );
  const rest = withoutPaths(kept, [
    ...(sharedSettings(values, isStandalone) === null ? [] : settingsPaths),
    // The operator's own certificate is a parameter where its Secret has the keys that the parameter writes.
    ...(tls.read(values)?.certificate === 'off' ? [] : [['tls']]),
    ...components.map((component) => [component, 'affinity']),
  ]);
  const policies = hasNetworkPolicies ? {} : inBoth({networkPolicy: {enabled: false}});
  const [writer, readers] = affinities;
  const placed = inEach(writer, readers ?? writer, (one) => (Object.keys(one).length === 0 ? {} : {affinity: one}));
  const carried = [policies, isStandalone ? withReaders(rest) : rest, placed, keptAccount(values, account)].reduce(
    mergeValues,
  );
  checkExtraValues(carried, "The release's values");
  return carried;
}

/** Charts before 13 make no ServiceAccount, and later ones do: what rights `default` has would be lost. */
export function keptAccount(values: Values, account: string | null): Values {
  const isDefault = (account ?? 'default') === 'default' && at(values, ['serviceAccount', 'create']) !== true;
  return isDefault ? {serviceAccount: {create: false}} : {};
}

function withReaders(kept: Values): Values {
  const {primary, readReplicas} = kept;
  if (!isObject(primary)) return kept;
  const shared = Object.fromEntries(Object.entries(primary).filter(([key]) => isShared(key)));
  if (Object.keys(shared).length === 0) return kept;
  return {...kept, readReplicas: mergeValues(shared, isObject(readReplicas) ? readReplicas : {})};
}

function isShared(key: string): boolean {
  return (alsoForReaders as readonly string[]).includes(key);
}

/**
 * The settings that writer and readers share, where a parameter can say each of them; null where there are none or it
 * cannot: the text is then carried over as it is.
 */
export function sharedSettings(values: Values, isStandalone: boolean): PostgresConfig | null {
  const [writer, readers] = components.map((component) => textAt(values, [component, settingsKey]));
  if (writer === undefined || !(writer === readers || (isStandalone && readers === undefined))) return null;
  const settings = [...(settingsByName(writer) ?? [])];
  if (settings.length === 0) return null;
  const quoted = settings.map(([name, value]) => `${name}='${value.replaceAll("'", "''")}'`);
  const parsed = quoted.map((one) => postgresConfig.parse(one));
  if (parsed.some((one) => 'problem' in one)) return null;
  return Object.fromEntries(settings);
}

/**
 * Gives the readers that are to come what the writer runs with, of the settings that they may not have lower:
 * PostgreSQL would not start them. The writer may have it from elsewhere than its values say: from a variable, from a
 * file of somebody else, or from a ConfigMap that was changed by hand. What ALTER SYSTEM wrote comes with the copy of
 * the database.
 */
export function withSettingsOf(running: RunningSettings, parameters: Parameters, naming: Naming): Parameters {
  const {reader} = settingsIn(toValues(parameters, naming));
  const lacking = requiredSettings.flatMap((name) => {
    const {value, isFixed} = running[name] ?? {value: 0, isFixed: true};
    return isFixed || value <= (reader[name] ?? Infinity) ? [] : [[name, String(value)] as const];
  });
  if (lacking.length === 0) return parameters;
  const {extraValues, postgresConfig: config = {}} = parameters;
  const isOperators =
    at(extraValues, ['primary', 'existingExtendedConfigmap']) !== undefined ||
    components.some((component) => textAt(extraValues, [component, settingsKey]) !== undefined);
  if (!isOperators) return {...parameters, postgresConfig: {...config, ...Object.fromEntries(lacking)}};
  const text = [
    ...[textAt(extraValues, ['readReplicas', settingsKey]) ?? []].flat(),
    ...lacking.map(([name, value]) => `${name} = ${value}`),
  ].join('\n');
  return {...parameters, extraValues: mergeValues(extraValues, {readReplicas: {[settingsKey]: text}})};
}

/** The certificate that the operator gave; null where its keys are those of our own, for which it would be mistaken. */
export function certificateIn(values: Values): Parameters['tls'] | null {
  const found = tls.read(values) ?? {certificate: 'off', required: false};
  return found.certificate === 'self-signed' ? null : found;
}

/** Values that mean a database of another kind, with what they mean; empty where there are none. */
export function otherKinds(values: Values): readonly string[] {
  const found: readonly (readonly [path: readonly string[], meaning: string])[] = [
    [['primary', 'standby', 'enabled'], 'it is a standby of another database (primary.standby)'],
    [['diagnosticMode', 'enabled'], 'its containers run without a database (diagnosticMode)'],
    [['ldap', 'enabled'], 'its users log in by LDAP, whose password would be in the values'],
    [['serviceBindings', 'enabled'], 'it makes Secrets for service bindings'],
    [['namespaceOverride'], 'its objects are in another namespace than its record (namespaceOverride)'],
    [['readReplicas', 'persistence', 'existingClaim'], 'its readers share one claim'],
  ];
  return found.flatMap(([path, meaning]) => (at(values, path) ? [meaning] : []));
}

/** What a Kubernetes Service says about how it is reached. */
export interface SeenService {
  readonly type: string;
  readonly loadBalancerSourceRanges: readonly string[];
  readonly annotations: Readonly<Record<string, string>>;
}

/** The exposure of a Service, as parameters; null where the installer has no such exposure. */
export function reachOf(service: SeenService): Pick<Parameters, 'exposure' | 'allowFrom' | 'hostname'> | null {
  const seen = inBoth({service});
  const [type, from] = [exposure.read(seen), allowFrom.read(seen)];
  if (type === undefined || from === undefined) return null;
  return {exposure: type, allowFrom: from, hostname: hostname.read(seen) ?? null};
}

/**
 * The image that runs, as the value of the parameter `images`.
 * @param reference such as `docker.io/bitnamilegacy/postgresql:17.6.0-debian-12-r0`, as the pod template has it
 * @param values of the release: the tag that a digest was chosen by, and the Secret to pull it with
 * @returns null for an image of another kind
 */
export function imagesOf(reference: string, values: Values): Images | null {
  const [, name = '', tagged, digest = null] =
    /^(.*?)(?::([^:/@]+))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(reference) ?? [];
  const [registry = '', ...path] = name.split('/');
  const source = imageSourceOf(registry, path.join('/'), false);
  const tag = tagged ?? (digest === null ? undefined : textAt(values, ['image', 'tag']));
  if (source === null || source === 'official' || tag === undefined) return null;
  return {source, tag, digest, pullSecret: pullSecretIn(values)};
}

/** The first pull Secret that the values name; null where they name none. */
function pullSecretIn(values: Values): string | null {
  const lists = [at(values, ['global', 'imagePullSecrets']), at(values, ['image', 'pullSecrets'])];
  const [first] = lists.flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : []));
  const name = isObject(first) ? first['name'] : first;
  return typeof name === 'string' ? name : null;
}

/** How many readers a commit waits for by the chart's own setting. */
export function synchronousIn(values: Values): number {
  const count = Number(at(values, ['replication', 'numSynchronousReplicas']));
  return Number.isInteger(count) ? count : 0;
}
