// A pod's row in `kubectl get`: what its containers do, in one word.
import type {KubeObject} from '../../store/objects.ts';
import {ageOf} from './ages.ts';
import type {Column} from './column.ts';

interface State {
  readonly waiting?: {readonly reason?: string};
  readonly running?: object;
  readonly terminated?: {
    readonly reason?: string;
    readonly exitCode?: number;
    readonly signal?: number;
    readonly finishedAt?: string;
  };
}
interface ContainerStatus {
  readonly name?: string;
  readonly ready?: boolean;
  readonly started?: boolean;
  readonly restartCount?: number;
  readonly state?: State;
  readonly lastState?: State;
}
interface PodStatus {
  readonly phase?: string;
  readonly reason?: string;
  readonly podIP?: string;
  readonly nominatedNodeName?: string;
  readonly conditions?: readonly {readonly type: string; readonly status: string; readonly reason?: string}[];
  readonly containerStatuses?: readonly ContainerStatus[];
  readonly initContainerStatuses?: readonly ContainerStatus[];
}

const statusOf = (pod: KubeObject) => (pod['status'] ?? {}) as PodStatus;
const specOf = (pod: KubeObject) =>
  (pod['spec'] ?? {}) as {
    containers?: object[];
    initContainers?: object[];
    nodeName?: string;
    readinessGates?: {conditionType: string}[];
  };

export function podColumns({name, age}: {name: Column; age: Column}): Column[] {
  const of = (title: string, cell: Column['cell'], priority = 0): Column => ({
    name: title,
    type: 'string',
    priority,
    description: '',
    cell,
  });
  return [
    name,
    of(
      'Ready',
      (pod) =>
        `${(statusOf(pod).containerStatuses ?? []).filter(({ready}) => ready).length}/` +
        `${specOf(pod).containers?.length ?? 0}`,
    ),
    of('Status', podStatusText),
    of('Restarts', restarts),
    age,
    of('IP', (pod) => statusOf(pod).podIP ?? '<none>', 1),
    of('Node', (pod) => specOf(pod).nodeName ?? '<none>', 1),
    of('Nominated Node', (pod) => statusOf(pod).nominatedNodeName ?? '<none>', 1),
    of('Readiness Gates', () => '<none>', 1),
  ];
}

/** Source: printers.printPod. */
function podStatusText(pod: KubeObject): string {
  const status = statusOf(pod);
  const gated = status.conditions?.some(({type, reason}) => type === 'PodScheduled' && reason === 'SchedulingGated');
  const ofPod = gated ? 'SchedulingGated' : (status.reason ?? status.phase ?? '');
  const text = initStatusText(status, specOf(pod).initContainers?.length ?? 0) ?? containerStatusText(status, ofPod);
  if (!pod.metadata.deletionTimestamp) return text;
  if (status.reason === 'NodeLost') return 'Unknown';
  return status.phase === 'Succeeded' || status.phase === 'Failed' ? text : 'Terminating';
}

/** The status of the first init container that is not done; undefined where all are. */
function initStatusText({initContainerStatuses = []}: PodStatus, count: number): string | undefined {
  const isDone = ({state, started}: ContainerStatus) => state?.terminated?.exitCode === 0 || started;
  const index = initContainerStatuses.findIndex((status) => !isDone(status));
  if (index < 0) return undefined;
  const {terminated, waiting} = initContainerStatuses[index]?.state ?? {};
  if (terminated) return `Init:${ended(terminated)}`;
  return waiting?.reason && waiting.reason !== 'PodInitializing' ? `Init:${waiting.reason}` : `Init:${index}/${count}`;
}

/** The status of the first container that waits or has ended, else that of the pod itself. */
function containerStatusText({containerStatuses = [], conditions = []}: PodStatus, ofPod: string): string {
  const texts = containerStatuses.flatMap(({state}) => {
    if (state?.waiting?.reason) return state.waiting.reason;
    return state?.terminated ? ended(state.terminated) : [];
  });
  const text = texts[0] ?? ofPod;
  const running = containerStatuses.some((status) => isReadyAndRunning(status));
  if (text !== 'Completed' || !running) return text;
  return conditions.some(({type, status}) => type === 'Ready' && status === 'True') ? 'Running' : 'NotReady';
}

function isReadyAndRunning({state, ready}: ContainerStatus): boolean {
  return Boolean(ready && state?.running && !state.waiting?.reason && !state.terminated);
}

function ended({reason, signal, exitCode}: NonNullable<State['terminated']>): string {
  return reason ?? (signal ? `Signal:${signal}` : `ExitCode:${exitCode ?? 0}`);
}

function restarts(pod: KubeObject): string {
  const containers = statusOf(pod).containerStatuses ?? [];
  const times = containers.reduce((sum, {restartCount = 0}) => sum + restartCount, 0);
  const last = containers
    .flatMap(({lastState}) => lastState?.terminated?.finishedAt ?? [])
    .sort()
    .at(-1);
  return times > 0 && last !== undefined ? `${times} (${ageOf(last)} ago)` : String(times);
}
