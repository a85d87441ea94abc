// A standalone release that chart 10 made, on its way to be ours. Its StatefulSet selects its pod by labels that later
// charts do not have, and Kubernetes lets nobody change that: it is made again around the running pod, by the chart of
// today and with the same values under their names of today. What comes out is a release of plain helm, which is then
// adopted as any other. Seen with 10.16.3. Charts before 10 have labels by which neither pod nor StatefulSet is found.
import {adoptAsIs, releaseRef} from '../commands/operation.ts';
import {render} from '../commands/command-line.ts';
import {at, isObject, listAt, mergeValues, objectAt, textAt, withoutPaths, type Values} from '../chart/tree.ts';
import {keptAccount} from '../chart/adopted-values.ts';
import {namingValues} from '../chart/naming-values.ts';
import {componentLabels, databaseChart, labelKeys, nameLabelOf, objectNames} from '../chart/names.ts';
import {cause, type Cause, type Remedy} from '../core/cause.ts';
import {kubectlHere} from '../commands/kubectl.ts';
import {helm, listed, object} from '../observation/checks/messages.ts';
import type {Pod} from '../observation/kubernetes.ts';
import {viewOf} from '../observation/release-view.ts';
import type {Revision, Snapshot, Target} from '../observation/snapshot.ts';
import {adoptionLosses} from './adoption-losses.ts';
import type {ChangeConsequence} from './change-facts.ts';
import {objectsOfKind} from './manifests.ts';

/** What is done next, by what is there; null: the release is one of a newer chart, and its StatefulSet has its pod. */
export type RenewStep = 'complete' | 'label' | 'orphan' | 'upgrade' | 'settle';

const majorOf = ({chartVersion}: Revision) => Number(chartVersion.split('.')[0]);

/** Whether chart 10 made the release, or an interrupted run has not yet brought it all the way to a newer chart. */
export function isToRenew({release, operation}: Snapshot): boolean {
  const newest = release.revisions.at(-1);
  if (newest?.chartName !== databaseChart) return false;
  return newest.status === 'deployed' ? majorOf(newest) === 10 : isRenewing({operation});
}

/** Whether a run has begun to bring it to the chart of today, and has not ended. */
export function isRenewing({operation}: Pick<Snapshot, 'operation'>): boolean {
  return operation?.adopts !== undefined;
}

export function nextRenewStep(snapshot: Snapshot): RenewStep | null {
  const {newest, writerSet, writerPod} = viewOf(snapshot);
  if (newest?.status.startsWith('pending')) return 'complete';
  if (newest?.status === 'deployed' && majorOf(newest) > 10) return isSettled(snapshot) ? null : 'settle';
  // Without its StatefulSet the pod may be gone for good, and the StatefulSet of today makes it again.
  if (writerSet === null) return 'upgrade';
  if (!isLabelled(writerPod, snapshot.target)) return 'label';
  return at(writerSet, ['spec', 'selector', 'matchLabels', 'role']) === undefined ? 'upgrade' : 'orphan';
}

function isLabelled(pod: Pod | null, target: Target): boolean {
  const labels = pod?.metadata.labels ?? {};
  return Object.entries(labelsOfPod(target)).every(([key, value]) => labels[key] === value);
}

function isSettled(snapshot: Snapshot): boolean {
  const {writerSet} = viewOf(snapshot);
  if (!writerSet) return false;
  const {metadata, spec, status} = writerSet;
  return (
    (status?.readyReplicas ?? 0) >= (spec.replicas ?? 1) &&
    (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0)
  );
}

/** The labels by which the chart of today finds the pod. */
export function labelsOfPod(target: Target): Readonly<Record<string, string>> {
  return {
    [labelKeys.name]: nameLabelOf(target),
    [labelKeys.instance]: target.release,
    [labelKeys.component]: componentLabels.writer,
  };
}

/** What is known of the release from the manifest that chart 10 rendered. */
export interface Renewal {
  readonly values: Values;
  /** The Secret with the passwords, which stays with the keys that it has. */
  readonly secret: string;
  readonly hasMemoryLimit: boolean;
}

/**
 * The values with which the chart of today makes the same database, read from what chart 10 rendered.
 * @returns why that cannot be, to follow "because"
 */
export function renewalOf(manifest: string, {release, target}: Snapshot): Renewal | string {
  const {writer} = objectNames(target);
  const sets = objectsOfKind(manifest, 'StatefulSet');
  const set = sets.find((one) => textAt(one, ['metadata', 'name']) === writer);
  if (set === undefined || sets.length > 1) return withReaders;
  const spec = objectAt(set, ['spec', 'template', 'spec']);
  const container = listAt(spec, ['containers']).find((one) => textAt(one, ['name']) === target.fullname);
  const [claim, ...others] = listAt(set, ['spec', 'volumeClaimTemplates']);
  if (container === undefined || claim === undefined || others.length > 0)
    return 'its volume is not one that its StatefulSet makes';
  const mount = listAt(container, ['volumeMounts']).find(
    (one) => at(one, ['name']) === at(claim, ['metadata', 'name']),
  );
  // The chart of today would start on the empty folder above it.
  if (textAt(mount, ['subPath'])) return 'its data is in a folder of its volume (persistence.subPath)';
  const auth = authIn(container);
  if (auth === null) return 'its passwords do not come from a Secret';
  const service = objectsOfKind(manifest, 'Service').find(
    (one) => textAt(one, ['metadata', 'name']) === target.fullname,
  );
  return {
    secret: auth.existingSecret,
    hasMemoryLimit: at(container, ['resources', 'limits', 'memory']) !== undefined,
    values: mergeValues(
      {
        auth,
        image: imageIn(container, release.values ?? {}),
        global: {security: {allowInsecureImages: true}},
        primary: {
          // The chart's own rollingUpdate is taken away, because it goes with RollingUpdate alone.
          updateStrategy: {type: 'OnDelete', rollingUpdate: null},
          networkPolicy: {enabled: false},
          ...resourcesIn(container),
          persistence: persistenceIn(claim),
          service: serviceIn(service),
          ...placementIn(spec),
        },
        readReplicas: {networkPolicy: {enabled: false}},
        ...keptAccount({}, textAt(spec, ['serviceAccountName']) ?? null),
      },
      withoutPaths(namingValues(target), [['primary', 'name']]),
    ),
  };
}

/** Where chart 10 has none, later charts would give the pod those of a preset. */
function resourcesIn(container: unknown): Values {
  const resources = objectAt(container, ['resources']);
  return {resources, ...(Object.keys(resources).length === 0 ? {resourcesPreset: 'none'} : {})};
}

function authIn(container: unknown): ({readonly existingSecret: string} & Values) | null {
  const variables = new Map(listAt(container, ['env']).map((one) => [textAt(one, ['name']) ?? '', one]));
  const value = (name: string) => textAt(variables.get(name), ['value']);
  const ref = (name: string) => objectAt(variables.get(name), ['valueFrom', 'secretKeyRef']);
  const [user, admin] = [ref('POSTGRES_PASSWORD'), ref('POSTGRES_POSTGRES_PASSWORD')];
  const {name: existingSecret, key: userPasswordKey} = user;
  if (typeof existingSecret !== 'string' || typeof userPasswordKey !== 'string') return null;
  const username = value('POSTGRES_USER') ?? 'postgres';
  const database = value('POSTGRES_DB');
  const adminPasswordKey = username === 'postgres' ? userPasswordKey : admin['key'];
  if (typeof adminPasswordKey !== 'string') return null;
  return {
    ...(username === 'postgres' ? {} : {username}),
    ...(database === undefined ? {} : {database}),
    existingSecret,
    secretKeys: {adminPasswordKey, userPasswordKey},
  };
}

function imageIn(container: unknown, values: Values): Values {
  const reference = textAt(container, ['image']) ?? '';
  const [, registry, repository, tag, digest] = /^([^/]+)\/(.+?)(?::([^:/@]+))?(?:@(.+))?$/.exec(reference) ?? [];
  const pullSecrets = listAt(values, ['image', 'pullSecrets']);
  return {
    registry,
    repository,
    ...(tag === undefined ? {} : {tag}),
    ...(digest === undefined ? {} : {digest}),
    ...(pullSecrets.length === 0 ? {} : {pullSecrets}),
  };
}

function persistenceIn(claim: unknown): Values {
  const {accessModes, storageClassName} = objectAt(claim, ['spec']);
  return {
    size: textAt(claim, ['spec', 'resources', 'requests', 'storage']),
    ...(accessModes === undefined ? {} : {accessModes}),
    ...(storageClassName === undefined ? {} : {storageClass: storageClassName}),
  };
}

function serviceIn(service: unknown): Values {
  const {type = 'ClusterIP', loadBalancerSourceRanges, externalTrafficPolicy} = objectAt(service, ['spec']);
  const [port] = listAt(service, ['spec', 'ports']);
  const nodePort = at(port, ['nodePort']);
  const annotations = objectAt(service, ['metadata', 'annotations']);
  return {
    type,
    ...(Object.keys(annotations).length === 0 ? {} : {annotations}),
    ...(loadBalancerSourceRanges === undefined ? {} : {loadBalancerSourceRanges}),
    ...(externalTrafficPolicy === undefined ? {} : {externalTrafficPolicy}),
    ...(typeof nodePort === 'number' ? {nodePorts: {postgresql: String(nodePort)}} : {}),
  };
}

function placementIn(spec: Values): Values {
  const {nodeSelector, tolerations, affinity, priorityClassName} = spec;
  const rules = isObject(affinity) ? Object.entries(affinity).filter(([, rule]) => isObject(rule)) : [];
  return {
    ...(isObject(nodeSelector) ? {nodeSelector} : {}),
    ...(Array.isArray(tolerations) ? {tolerations: tolerations as unknown} : {}),
    ...(rules.length === 0 ? {} : {affinity: Object.fromEntries(rules)}),
    ...(typeof priorityClassName === 'string' ? {priorityClassName} : {}),
  };
}

/** What would not be what it is now, under the names that chart 10 has for what later ones call otherwise. */
export function renewalLosses(was: string, will: string, {fullname}: Target): readonly string[] {
  // Chart 10 calls the container as the release's objects.
  const named = was.replace(new RegExp(`^(\\s*- name: )"?${fullname}"?(\\n\\s+image: )`, 'm'), '$1postgresql$2');
  const told = new Set([
    `Service/${fullname}-headless`,
    `selector of Service ${fullname}`,
    `the label role of StatefulSet ${fullname}`,
  ]);
  return adoptionLosses(named, will).filter((one) => !told.has(one));
}

/** Null: as far as is seen without its manifest, it can be brought to the chart of today. */
export function renewalRefusal(snapshot: Snapshot): Cause | null {
  const values = snapshot.release.values ?? {};
  const isOn = (...path: readonly string[]) => at(values, path) === true;
  if (isOn('replication', 'enabled')) return notRenewable(snapshot, withReaders);
  if (isOn('tls', 'enabled')) return notRenewable(snapshot, 'it has certificates, which later charts name otherwise');
  return isOn('ldap', 'enabled') ? notRenewable(snapshot, 'its users log in by LDAP') : null;
}

const withReaders = 'it has readers, and from chart 11 on their writer and its Service have another name';

export function notRenewable({target, release}: Snapshot, why: string, remedies: readonly Remedy[] = [copy]): Cause {
  return cause(
    'NOT_ADOPTABLE',
    `${target.release} cannot be brought from chart ${release.revisions.at(-1)?.chartVersion ?? '10'} to the chart ` +
      `of today: ${why}. Nothing was changed.`,
    {object: object('Release', target, target.release), remedies},
  );
}

export function renewalLost(snapshot: Snapshot, losses: readonly string[]): Cause {
  const {evidence, ...refused} = notRenewable(
    snapshot,
    `${listed(losses.slice(0, 3))}${losses.length > 3 ? ', and more,' : ''} would not be what it is now`,
    [{title: 'Set these back with helm upgrade, where nobody needs them; then run the same command again'}, copy],
  );
  return {...refused, evidence: [...evidence, ...losses]};
}

const copy: Remedy = {title: 'Install a release under another name, and copy the data there (pg_dump and psql)'};

export function renewalConsequences(
  {target, release}: Snapshot,
  secret: string,
  chartVersion: string,
  restartsLater: boolean,
): readonly ChangeConsequence[] {
  const {writer} = objectNames(target);
  const newest = release.revisions.findLast((one) => majorOf(one) === 10) ?? null;
  const {fullname} = target;
  const later = restartsLater ? 'later, when you say so' : 'at the end';
  return [
    {
      code: 'OWNERSHIP_CHANGE',
      object: `Release/${target.release}`,
      sentence:
        `${target.release} first goes from chart ${newest?.chartVersion ?? '10'} to ${chartVersion}: StatefulSet ` +
        `${writer} is made again around its running pod, because Kubernetes lets nobody change which pods it ` +
        'selects. The pod, its volume and its sessions stay.',
    },
    {
      code: 'DATA_KEPT',
      object: `Secret/${secret}`,
      sentence: `Secret ${secret} stays that of the release, with the keys that it has: whoever reads it goes on.`,
    },
    {
      code: 'ENDPOINT_CHANGE',
      object: `Service/${fullname}-headless`,
      sentence:
        `Service ${fullname} keeps its name and address. Service ${fullname}-headless goes and ${fullname}-hl comes: ` +
        `who connects to ${writer}-0.${fullname}-headless has to name ${fullname}.`,
    },
    {
      code: restartsLater ? 'OWNERSHIP_CHANGE' : 'PRIMARY_RESTART',
      object: `StatefulSet/${writer}`,
      sentence:
        'Then it is taken over as any release of plain helm: a role and a password for readers, and one restart of ' +
        `the writer, ${later}: sessions end, and it is out for a few seconds.`,
    },
    {
      code: 'OWNERSHIP_CHANGE',
      object: `Release/${target.release}`,
      sentence: `The way back, until it is taken over: ${wayBack(target, newest).join('; ')}.`,
    },
  ];
}

/** What to say of a pod whose StatefulSet is gone, with the way back beside the way on; null: it has one. */
export function withoutSet(
  snapshot: Snapshot,
): {readonly sentence: string; readonly remedies: readonly Remedy[]} | null {
  const {target, release} = snapshot;
  if (viewOf(snapshot).writerSet !== null) return null;
  const {writer} = objectNames(target);
  const newest = release.revisions.findLast((one) => majorOf(one) === 10) ?? null;
  const [values, upgrade] = wayBackCommands(target, newest);
  return {
    sentence: `Pod ${writer}-0 has no StatefulSet now: once it ends, nothing starts it again.`,
    remedies: [
      {title: 'Run the same command again: it goes on where it is, and makes the StatefulSet', again: true},
      {title: 'Or go back: save the values that the release had with chart 10', command: values},
      {title: 'Then have helm make the StatefulSet of chart 10 again (CHART is where that chart is)', command: upgrade},
    ],
  };
}

function wayBack(target: Target, newest: Revision | null): readonly string[] {
  const [values, upgrade] = wayBackCommands(target, newest);
  return [
    values,
    kubectlHere(target, 'delete', 'statefulset', objectNames(target).writer, '--cascade=orphan'),
    upgrade,
  ];
}

/** How the values of before are saved, and how helm applies them again. */
function wayBackCommands(target: Target, newest: Revision | null): readonly [values: string, upgrade: string] {
  const {release} = target;
  const before = ['upgrade', release, 'CHART', '--version', newest?.chartVersion ?? '10', '-f', 'before.yaml'];
  const values = ['get', 'values', release, '--revision', String(newest?.revision ?? 1), '-o', 'yaml'];
  return [`${helm(target, ...values)} > before.yaml`, helm(target, ...before)];
}

/** The first chart whose StatefulSets every later one keeps. */
const nextChart = '11.9.13';
/** What chart 11 calls what earlier ones have at the top. Source: its README, "To 11.0.0". */
const renamed =
  'auth.username, auth.database, auth.password, auth.postgresPassword, primary.persistence.size, ' +
  'primary.resources, and image.tag as it is now';

/**
 * The way of a standalone of charts before 10, by hand: tried with 9.8.13. Empty where the only way is a copy: with
 * readers, the writer's Service gets another name.
 */
export function wayToChart11({target, release, statefulSets}: Snapshot): readonly Remedy[] {
  const {writer} = objectNames(target);
  const values = release.values ?? {};
  const isReplicated = at(values, ['replication', 'enabled']) === true;
  if (isReplicated || !statefulSets.some(({metadata}) => metadata.name === writer)) return [];
  const words = Object.entries(labelsOfPod(target)).map(([key, value]) => `${key}=${value}`);
  const upgrade = ['upgrade', target.release, 'CHART', '--version', nextChart, '-f', 'FILE'];
  // The operator's own Secret stays, and needs the keys that chart 11 reads: the chart says so.
  const secret = at(values, ['existingSecret']) ? [] : [secretGoes(target)];
  return [
    {
      title: 'Bring it to chart 11, on its volume and with one restart. First the labels by which that chart finds it',
      command: kubectlHere(target, 'label', 'pod', `${writer}-0`, ...words, '--overwrite'),
    },
    {
      title: 'Then take its StatefulSet away; the pod and the volume stay',
      command: kubectlHere(target, 'delete', 'statefulset', writer, '--cascade=orphan'),
    },
    ...secret,
    {
      title: `Then have helm make it again, with the values under the names that chart 11 has (${renamed})`,
      command: helm(target, ...upgrade),
    },
    {title: 'Then take it over', command: render(adoptAsIs(releaseRef(target)))},
  ];
}

/** Seen with 11.9.13: `The secret "orders-postgresql" does not contain the key "postgres-password"`. */
function secretGoes(target: Target): Remedy {
  return {
    title:
      'Then save the Secret of the passwords and take it away: chart 11 makes it again of auth.password and ' +
      'auth.postgresPassword, with other keys (password, postgres-password), which whoever reads it has to read then',
    command: kubectlHere(target, 'delete', 'secret', target.fullname),
  };
}
