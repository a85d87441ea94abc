// A release in memory whose pods have templates, images, resources and disks: what day-2 operations see through their
// Ports. It can be killed.
import {stringify} from 'yaml';
import {UserError, type Cause} from '../../../source/core/cause.ts';
import {claimOfPod, objectNames, type GivenNames} from '../../../source/chart/names.ts';
import {at} from '../../../source/chart/tree.ts';
import {fromValues, toValues} from '../../../source/chart/values.ts';
import {causeOf} from '../../../source/helm/errors.ts';
import {revisionLabel, type Template} from '../../../source/observation/pods/pod-template.ts';
import type {PersistentVolumeClaim, Pod, Resources, StatefulSet} from '../../../source/observation/kubernetes.ts';
import type {PodToMake} from '../../../source/observation/pods/pod-of-set.ts';
import type {Snapshot, Target} from '../../../source/observation/snapshot.ts';
import type {Ports} from '../../../source/operations/ports/index.ts';
import type {PodPatch, PodRef} from '../../../source/operations/ports/pods.ts';
import type {Parameters} from '../../../source/parameters/parameters.ts';
import {podOf, proof, replication, serviceOf, setOf} from './fake-objects.ts';
import {FakeCluster, FakePorts} from './fake-ports.ts';

type Values = Readonly<Record<string, unknown>>;
interface PodInMemory {
  uid: string;
  hash: string;
  image: string;
  resources: Resources;
  restarts: number;
  annotations: Record<string, string | null>;
  readyAt: number;
}
interface SetInMemory {
  uid: string;
  template: Template;
  size: string;
  replicas: number;
}

const roles = {primary: 'writer', readReplicas: 'reader'} as const;
const hashOf = (template: Template): string => JSON.stringify(template);

export class FakeRelease extends FakeCluster {
  readonly sets = new Map<string, SetInMemory>();
  readonly podsByName = new Map<string, PodInMemory>();
  /** StatefulSets that were deleted without their pods. */
  readonly orphaned = new Map<string, SetInMemory>();
  readonly sizes = new Map<string, string>();
  readonly podTemplates = new Map<string, Template>();
  /** Pods that were ever made, by name. */
  readonly made = new Map<string, number>();
  /** Milliseconds that a new pod needs until it is Ready. */
  startsIn = () => 1000;
  /** How many readers commits wait for, as long as the writer's pod is outdated. */
  waitsFor = 0;
  publishesNotReady = false;
  private uids = 0;

  /** A release that is installed as the parameters say, and ready. */
  constructor(parameters: Parameters, given?: GivenNames) {
    super(given);
    const values = toValues(parameters, this.target);
    this.database = {admin: 'a', user: 'b', replication: 'c'};
    this.secret = this.database;
    this.revisions = [
      {
        revision: 1,
        status: 'deployed',
        updatedAt: null,
        chartVersion: '16.7.26',
        chartName: 'postgresql',
        appVersion: '17.6.0',
        description: 'Install complete',
        values,
      },
    ];
    this.applyObjects(values);
    for (let seconds = 0; seconds < 5; seconds++) this.advance(1000);
  }

  override applyObjects(values: Values): void {
    for (const [component, role] of Object.entries(roles)) {
      const name = objectNames(this.target)[role];
      const size = String(at(values, [component, 'persistence', 'size']));
      const old = this.sets.get(name);
      if (old && old.size !== size) throw new UserError(saidByHelm(immutable(name), this.target));
      const template = templateOf(values, component);
      this.podTemplates.set(hashOf(template), template);
      this.sets.set(name, {
        uid: old?.uid ?? this.uid(name),
        template,
        size,
        replicas: role === 'writer' ? 1 : Number(at(values, [component, 'replicaCount'])),
      });
    }
  }

  override advance(ms: number): void {
    super.advance(ms);
    // Does what the StatefulSet controller does.
    for (const [set, {template, size, replicas}] of this.sets ?? []) {
      for (let ordinal = 0; ordinal < replicas; ordinal++) {
        const name = `${set}-${ordinal}`;
        if (this.podsByName.has(name)) continue;
        this.podsByName.set(name, {
          ...incarnationOf(template),
          uid: this.uid(name),
          hash: hashOf(template),
          restarts: 0,
          annotations: {},
          readyAt: this.time + this.startsIn(),
        });
        this.made.set(name, (this.made.get(name) ?? 0) + 1);
        const claim = claimOfPod(this.target, name);
        if (!this.sizes.has(claim)) this.sizes.set(claim, size);
      }
      for (const name of [...this.podsByName.keys()])
        if (name.startsWith(`${set}-`) && Number(name.slice(set.length + 1)) >= replicas) this.podsByName.delete(name);
    }
  }

  /** How many readers commits wait for: what helm has recorded, once the writer has the current template. */
  private commitsWaitFor(): number {
    const {writer} = objectNames(this.target);
    const set = this.sets.get(writer);
    const isCurrent = set !== undefined && this.podsByName.get(`${writer}-0`)?.hash === hashOf(set.template);
    return isCurrent ? (fromValues(this.revisions.at(-1)?.values ?? null)?.synchronousReplicas ?? 0) : this.waitsFor;
  }

  override snapshot(): Snapshot {
    const names = objectNames(this.target);
    const ready = (name: string) => this.time >= (this.podsByName.get(name)?.readyAt ?? Infinity);
    const pods = [...this.podsByName.keys()].sort().map((name) => this.pod(name, ready(name)));
    const readers = pods
      .map(({metadata}) => metadata.name)
      .filter((name) => name.startsWith(names.reader) && ready(name));
    const writes = ready(`${names.writer}-0`);
    return this.touch({
      ...super.snapshot(),
      statefulSets: [...this.sets].map(([name, {uid, template, size, replicas}]): StatefulSet => {
        const data = {metadata: {name: 'data'}, spec: {resources: {requests: {storage: size}}}};
        const {metadata, spec} = setOf(name, replicas, this.began);
        return {
          metadata: {...metadata, uid, generation: 1},
          spec: {...spec, volumeClaimTemplates: [data]},
          status: {observedGeneration: 1, updateRevision: hashOf(template)},
        };
      }),
      pods,
      claims: [...this.sizes].map(([name, storage]): PersistentVolumeClaim => ({
        metadata: {name},
        spec: {storageClassName: 'standard', resources: {requests: {storage}}},
        status: {phase: 'Bound', capacity: {storage}},
      })),
      services: [
        {
          ...serviceOf(names.writer),
          spec: {...serviceOf(names.writer).spec, publishNotReadyAddresses: this.publishesNotReady},
        },
        serviceOf(names.reader),
      ],
      database: [
        ...(writes
          ? [proof('writer', this.time, this.metricsRole), replication(readers, this.time, this.commitsWaitFor())]
          : []),
        ...(readers.length > 0 ? [proof('reader', this.time)] : []),
      ],
    });
  }

  private pod(name: string, isReady: boolean): Pod {
    const {uid, hash, image, resources, restarts, annotations} = this.podsByName.get(name) ?? {
      ...incarnationOf({spec: {containers: []}}),
      uid: '',
      hash: '',
      restarts: 0,
      annotations: {},
    };
    const made = podOf(name, isReady);
    return {
      metadata: {
        ...made.metadata,
        uid,
        labels: {...made.metadata.labels, [revisionLabel]: hash},
        annotations: annotations as Record<string, string>,
      },
      spec: {
        nodeName: `node${name.endsWith('primary-0') ? 0 : 1 + Number(name.at(-1))}`,
        containers: [{name: 'postgresql', image, resources}],
      },
      status: {
        ...made.status,
        containerStatuses: [
          {name: 'postgresql', ready: isReady, restartCount: restarts, state: {running: {}}, resources},
        ],
      },
    };
  }

  /** Replaces the writer's pod, as a switchover does. */
  replaceWriter(): void {
    this.podsByName.delete(`${objectNames(this.target).writer}-0`);
    for (let seconds = 0; seconds < 3; seconds++) this.advance(1000);
  }

  private uid(name: string): string {
    return `${name}-${++this.uids}`;
  }

  override run({killAt, killAfter}: {killAt?: number; killAfter?: boolean} = {}): FakeReleasePorts {
    return new FakeReleasePorts(this, killAt, killAfter);
  }
}

export class FakeReleasePorts extends FakePorts {
  /** Why the cluster would not resize a pod while it runs. */
  resizeRefusal: string | null = null;
  constructor(
    private readonly its: FakeRelease,
    killAt?: number,
    killAfter?: boolean,
  ) {
    super(its, killAt, killAfter);
  }

  protected override rendered(values: Values = this.its.revisions.at(-1)?.values ?? {}): string {
    return manifestOf(this.its, values);
  }

  setReaders: Ports['setReaders'] = async (count, {dryRun}) => {
    const set = this.its.sets.get(objectNames(this.its.target).reader);
    if (!dryRun && set) await this.change(`scale to ${count}`, () => void (set.replicas = count));
  };
  podTemplates = async () => Object.fromEntries(this.its.podTemplates);
  checkpointForBaseBackups = async () => undefined;
  checkpoint = async () => undefined;
  serverStart: Ports['serverStart'] = async () => null;
  runningSettings: Ports['runningSettings'] = async () => ({});
  serverSettings: Ports['serverSettings'] = async () => ({});
  activity: Ports['activity'] = async () => null;
  endSession: Ports['endSession'] = async () => 'gone';
  reloadSettings: Ports['reloadSettings'] = async () => [];
  /** What the API server has against a pod; null: nothing. */
  refuses: (pod: PodToMake) => string | null = () => null;
  podRefusal: Ports['podRefusal'] = async (pod) => {
    this.calls.push(`podRefusal ${pod.metadata.name}`);
    const words = this.refuses(pod);
    return words === null ? null : {words, limitRanges: null};
  };
  dropReplicationSlots = async (from: number) => void this.calls.push(`dropReplicationSlots ${from}`);
  tryImage: Ports['tryImage'] = async () => ({version: '17.6', library: '2.36', icu: 'libicui18n.so.72'});
  trialStart: Ports['trialStart'] = async () => {
    this.calls.push('trialStart');
    return null;
  };
  resizeProblem = async () => this.resizeRefusal;
  publishNotReadyAddresses = (early: boolean) =>
    this.change(`publishNotReadyAddresses ${early}`, () => void (this.its.publishesNotReady = early));

  growClaims: Ports['growClaims'] = async (names, size, {dryRun}) => {
    if (!dryRun) for (const name of names) await this.change(`grow ${name}`, () => void this.its.sizes.set(name, size));
  };

  orphanPods: Ports['orphanPods'] = async (sets, {dryRun}) => {
    if (!dryRun)
      for (const {metadata} of sets)
        await this.change(`orphan ${metadata.name}`, () => void this.its.sets.delete(metadata.name));
  };

  /** These are two requests, between which the run may be killed. */
  remakeStatefulSet: Ports['remakeStatefulSet'] = async ({name}, size) => {
    const was = this.its.sets.get(name) ?? this.its.orphaned.get(name);
    if (!was) throw new Error(`nothing is known of ${name}`);
    if (this.its.sets.has(name))
      await this.change(`orphan ${name}`, () => {
        this.its.orphaned.set(name, was);
        this.its.sets.delete(name);
      });
    await this.change(`make ${name}`, () => void this.its.sets.set(name, {...was, size}));
  };

  deletePod = ({name, uid}: PodRef) =>
    this.change(`delete ${name}`, () => {
      if (this.its.podsByName.get(name)?.uid === uid) this.its.podsByName.delete(name);
    });

  shutDownFast = async () => undefined;

  patchPod = ({name}: PodRef, {labels, annotations, containers, resources}: PodPatch) =>
    this.change(`patch ${name}`, () => {
      const pod = this.its.podsByName.get(name);
      if (!pod) return;
      const [image] = containers;
      Object.assign(pod, {
        hash: labels[revisionLabel] ?? pod.hash,
        annotations: {...pod.annotations, ...annotations},
        resources: resources[0]?.resources ?? pod.resources,
      });
      if (image) Object.assign(pod, {image: image.image, restarts: pod.restarts + 1, readyAt: this.its.time + 500});
    });
}

/** The words of helm 3.18 and 4.1 on Kubernetes 1.34. */
function immutable(name: string): string {
  const spec =
    "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', " +
    "'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are " +
    'forbidden';
  return (
    `Error: UPGRADE FAILED: cannot patch "${name}" with kind StatefulSet: StatefulSet.apps "${name}" is invalid: ` +
    `${spec}`
  );
}

/** The cause that the program makes of helm's words. */
function saidByHelm(stderr: string, target: Target): Cause {
  const found = causeOf(stderr, target);
  if (!found) throw new Error(`no rule knows what helm said: ${stderr}`);
  return found;
}

function incarnationOf({spec}: Template): Pick<PodInMemory, 'image' | 'resources' | 'readyAt'> {
  const [container] = spec.containers;
  return {image: container?.image ?? '', resources: container?.resources ?? {}, readyAt: 0};
}

function templateOf(values: Values, component: string): Template {
  const image = `${String(at(values, ['image', 'repository']))}:${String(at(values, ['image', 'tag']))}`;
  const nodeSelector = at(values, [component, 'nodeSelector']) as Record<string, string> | undefined;
  // It stands for the checksum of the ConfigMap, which the chart has there.
  const configuration = at(values, [component, 'extendedConfiguration']) as string | undefined;
  return {
    metadata: {labels: {component, image}, ...(configuration === undefined ? {} : {annotations: {configuration}})},
    spec: {
      containers: [{name: 'postgresql', image, resources: at(values, [component, 'resources']) as Resources}],
      ...(nodeSelector ? {nodeSelector} : {}),
    },
  };
}

function specOf(values: Values, component: string): object {
  const storage = at(values, [component, 'persistence', 'size']);
  const data = {metadata: {name: 'data'}, spec: {resources: {requests: {storage}}}};
  return {template: templateOf(values, component), volumeClaimTemplates: [data]};
}

function manifestOf({target}: FakeRelease, values: Values): string {
  const names = objectNames(target);
  return Object.entries(roles)
    .map(
      ([component, role]) =>
        `---\nkind: ` +
        `StatefulSet\n${stringify({metadata: {name: names[role]}, spec: specOf(values, component)})}---\nkind: ` +
        `Service\n${stringify({metadata: {name: names[role]}})}`,
    )
    .join('');
}
