// The status of a pod from what its containers are doing. Pure. Compared with a real 1.34 kubelet's.
import type {Condition, Container, ContainerState, ContainerStatus, PodSpec, PodStatus} from './pod.ts';

export interface PodFacts {
  readonly spec: PodSpec;
  readonly generation: number | undefined;
  readonly init: readonly ContainerStatus[];
  readonly main: readonly ContainerStatus[];
  /** Volumes are there, and it has an address. */
  readonly set: boolean;
  readonly podIP: string | null;
  readonly hostIP: string;
  /** ISO 8601, whole seconds. */
  readonly startTime: string;
  readonly now: string;
  /** Why the pod was ended, where that was for a reason of its own, such as DeadlineExceeded. */
  readonly failed: {readonly reason: string; readonly message: string} | null;
  /** The conditions of a resize that is refused or not done yet: PodResizePending, PodResizeInProgress. */
  readonly resize: readonly Condition[];
}

const resizeTypes = ['PodResizePending', 'PodResizeInProgress'];

export function podStatus(facts: PodFacts, before: PodStatus): PodStatus & Record<string, unknown> {
  const {spec, generation, init, main, podIP, hostIP, startTime, now, failed} = facts;
  const initialized = isInitialized(spec, init);
  const phase = failed ? 'Failed' : phaseOf(spec, initialized, init, main);
  const wanted = conditionsOf(facts, phase, initialized);
  const others = (before.conditions ?? []).filter(
    ({type}) => !wanted.some((one) => one.type === type) && !resizeTypes.includes(type),
  );
  const conditions = [...others, ...wanted.map((one) => settled(one, before, generation, now))];
  return {
    ...before,
    ...(generation === undefined ? {} : {observedGeneration: generation}),
    phase,
    ...(failed ? {reason: failed.reason, message: failed.message} : {}),
    conditions,
    hostIP,
    hostIPs: [{ip: hostIP}],
    ...(podIP === null ? {} : {podIP, podIPs: [{ip: podIP}]}),
    startTime,
    ...(init.length > 0 ? {initContainerStatuses: init} : {}),
    containerStatuses: main,
  };
}

function conditionsOf(facts: PodFacts, phase: string, initialized: boolean): Condition[] {
  const over = phase === 'Succeeded' || phase === 'Failed';
  const ready = readiness(facts, phase, initialized);
  return [
    {type: 'PodReadyToStartContainers', status: facts.set && !over ? 'True' : 'False'},
    {type: 'Initialized', ...initialization(facts, phase, initialized)},
    {type: 'Ready', ...ready},
    {type: 'ContainersReady', ...ready},
    {type: 'PodScheduled', status: 'True'},
    ...facts.resize,
  ];
}

type ConditionState = Omit<Condition, 'type'>;

function readiness({main}: PodFacts, phase: string, initialized: boolean): ConditionState {
  if (phase === 'Succeeded') return {status: 'False', reason: 'PodCompleted'};
  if (phase === 'Failed') return {status: 'False', reason: 'PodFailed'};
  const unready = main.filter(({ready}) => !ready).map(({name}) => name);
  if (unready.length === 0 && initialized) return {status: 'True'};
  const message = `containers with unready status: [${unready.join(' ')}]`;
  return {status: 'False', reason: 'ContainersNotReady', message};
}

function initialization({spec, init}: PodFacts, phase: string, initialized: boolean): ConditionState {
  if (phase === 'Succeeded') return {status: 'True', reason: 'PodCompleted'};
  if (initialized || phase === 'Failed') return {status: 'True'};
  const incomplete = init.filter((one) => !isThrough(spec, one)).map(({name}) => name);
  const message = `containers with incomplete status: [${incomplete.join(' ')}]`;
  return {status: 'False', reason: 'ContainersNotInitialized', message};
}

/** The status of a container before anything has happened to it. */
export function waitingStatus({name, image, volumeMounts = []}: Container, reason: string): ContainerStatus {
  return {
    name,
    image,
    imageID: '',
    ready: false,
    started: false,
    restartCount: 0,
    lastState: {},
    state: {waiting: {reason}},
    ...mountsShown(volumeMounts),
  };
}

/** The status after the sandbox was stopped: what ran then has ended, as after a node's restart. */
export function afterRestart(
  status: ContainerStatus | undefined,
  container: Container,
  now: string,
): ContainerStatus | null {
  if (!status) return null;
  const {running} = status.state;
  if (!running) return {...status, image: container.image};
  const terminated = {
    exitCode: 255,
    reason: 'Unknown',
    startedAt: running.startedAt,
    finishedAt: now,
    ...(status.containerID ? {containerID: status.containerID} : {}),
  };
  return {...status, ready: false, started: false, state: {terminated}};
}

export function mountsShown(
  mounts: readonly {readonly name: string; readonly mountPath: string; readonly readOnly?: boolean}[],
): {volumeMounts?: readonly object[]} {
  if (mounts.length === 0) return {};
  return {
    volumeMounts: mounts.map(({name, mountPath, readOnly}) => ({
      mountPath,
      name,
      ...(readOnly ? {readOnly: true, recursiveReadOnly: 'Disabled'} : {}),
    })),
  };
}

export function isSidecar({restartPolicy}: Container): boolean {
  return restartPolicy === 'Always';
}

function isThrough({initContainers = []}: PodSpec, {name, state, started}: ContainerStatus): boolean {
  const container = initContainers.find((one) => one.name === name);
  return container && isSidecar(container) ? started : state.terminated?.exitCode === 0;
}

function isInitialized(spec: PodSpec, init: readonly ContainerStatus[]): boolean {
  return init.every((status) => isThrough(spec, status));
}

/** Kubernetes: pkg/kubelet/kubelet_pods.go, getPhase. */
function phaseOf(
  spec: PodSpec,
  initialized: boolean,
  init: readonly ContainerStatus[],
  main: readonly ContainerStatus[],
): string {
  const policy = spec.restartPolicy ?? 'Always';
  if (!initialized)
    return policy === 'Never' && init.some(({state}) => (state.terminated?.exitCode ?? 0) !== 0) ? 'Failed' : 'Pending';
  const ended = (state: ContainerState, last: ContainerState) =>
    state.terminated ?? (state.waiting ? last.terminated : undefined);
  if (main.some(({state, lastState}) => state.waiting && !lastState.terminated)) return 'Pending';
  if (main.some(({state}) => state.running)) return 'Running';
  if (policy === 'Always') return 'Running';
  const codes = main.map(({state, lastState}) => ended(state, lastState)?.exitCode ?? 0);
  if (codes.every((code) => code === 0)) return 'Succeeded';
  return policy === 'Never' ? 'Failed' : 'Running';
}

/** The time of the last change stays while nothing changes. */
function settled(
  {type, status, reason, message}: Condition,
  before: PodStatus,
  generation: number | undefined,
  now: string,
): Condition {
  const last = before.conditions?.find((one) => one.type === type);
  const lastTransitionTime = last && last.status === status ? (last.lastTransitionTime ?? now) : now;
  return {
    type,
    status,
    lastProbeTime: null,
    lastTransitionTime,
    ...(generation === undefined ? {} : {observedGeneration: generation}),
    ...(reason === undefined ? {} : {reason}),
    ...(message === undefined ? {} : {message}),
  };
}
