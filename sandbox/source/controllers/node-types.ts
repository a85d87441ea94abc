// The instance types, the nodes that a sandbox begins with, and a node as an object.
import {totalmem} from 'node:os';
import type {KubeObject} from '../store/objects.ts';

export interface NodeSeed {
  /** `node` and a number, which is also the number of its address. */
  readonly name: string;
  readonly instanceType: string;
  readonly zone: string;
}

/** What pods may ask of a node: CPUs of EC2's T3, and its memory less what the system takes. The smallest first. */
const instanceTypes: Readonly<Record<string, {readonly cpu: string; readonly memory: string}>> = {
  't3.medium': {cpu: '2', memory: '4046Mi'},
  't3.large': {cpu: '2', memory: '8142Mi'},
  't3.xlarge': {cpu: '4', memory: '16334Mi'},
  't3.2xlarge': {cpu: '8', memory: '32718Mi'},
};
export const instanceTypeNames: readonly string[] = Object.keys(instanceTypes);
export const zones: readonly string[] = ['sandbox-0', 'sandbox-1', 'sandbox-2'];
export const zoneLabel = 'topology.kubernetes.io/zone';
export const instanceTypeLabel = 'node.kubernetes.io/instance-type';

/** Enough of the default type for a writer and three readers on nodes of their own. */
export const firstNodes: readonly NodeSeed[] = [
  ...[0, 1, 2, 3].map((index) => ({
    name: `node${index}`,
    instanceType: 't3.medium',
    zone: `sandbox-${index % 3}`,
  })),
  {name: 'node4', instanceType: 't3.large', zone: 'sandbox-1'},
];

/** NaN where the node was not made here. */
export function numberOf(name: string): number {
  return Number(/^node(\d+)$/.exec(name)?.[1] ?? NaN);
}

/** Whether the node was added to the first ones. */
export function isAdded(node: KubeObject): boolean {
  const {providerID = ''} = (node['spec'] ?? {}) as {providerID?: string};
  return providerID.startsWith('sandbox://') && numberOf(node.metadata.name) >= firstNodes.length;
}

export function seedOf({metadata: {name, labels = {}}}: KubeObject): NodeSeed {
  return {name, instanceType: labels[instanceTypeLabel] ?? '', zone: labels[zoneLabel] ?? ''};
}

/** @param known the node as it is: its labels, taints, conditions and images are kept */
export function nodeObject(
  {name, instanceType, zone}: NodeSeed,
  {address, architecture}: {readonly address: string; readonly architecture: string},
  known: KubeObject | null,
): KubeObject {
  const before = known?.['status'] as {conditions?: unknown[]; images?: unknown[]} | undefined;
  const labels = {
    ...known?.metadata.labels,
    'kubernetes.io/arch': architecture,
    'kubernetes.io/os': 'linux',
    'kubernetes.io/hostname': name,
    'beta.kubernetes.io/arch': architecture,
    'beta.kubernetes.io/os': 'linux',
    [instanceTypeLabel]: instanceType,
    'topology.kubernetes.io/region': 'sandbox',
    [zoneLabel]: zone,
  };
  const spec = {...(known?.['spec'] as object | undefined), providerID: `sandbox://${zone}/${name}`};
  const status = {
    addresses: [
      {type: 'InternalIP', address},
      {type: 'Hostname', address: name},
    ],
    ...roomOf(instanceType),
    conditions: before?.conditions ?? [],
    daemonEndpoints: {kubeletEndpoint: {Port: 10250}},
    images: before?.images ?? [],
    nodeInfo: nodeInfo(architecture),
  };
  return {apiVersion: 'v1', kind: 'Node', metadata: {...known?.metadata, name, labels}, spec, status};
}

function roomOf(instanceType: string) {
  const {cpu, memory} = instanceTypes[instanceType] ?? {cpu: '0', memory: '0'};
  const room = {cpu, 'ephemeral-storage': '100Gi', pods: '110'};
  return {
    allocatable: {...room, memory},
    capacity: {...room, memory: `${Math.floor(totalmem() / 1024)}Ki`},
  };
}

function nodeInfo(architecture: string) {
  return {
    architecture,
    kubeletVersion: 'v1.34.4',
    kubeProxyVersion: '',
    operatingSystem: 'linux',
    osImage: 'pg-helm-install sandbox',
    kernelVersion: '',
    containerRuntimeVersion: 'sandbox://1',
    machineID: '',
    systemUUID: '',
    bootID: '',
  };
}
