// The pod that the StatefulSet controller makes of a StatefulSet, to ask the API server about it beforehand.
import {claimName} from '../../chart/names.ts';
import type {Template} from './pod-template.ts';
import type {StatefulSet} from '../kubernetes.ts';

/** What goes into the pods of a StatefulSet, as the cluster or a manifest has it. */
export interface PodSource {
  readonly metadata: {readonly name: string; readonly uid?: string};
  readonly spec: {
    readonly serviceName?: string;
    readonly template: Template;
    readonly volumeClaimTemplates?: readonly {readonly metadata: {readonly name: string}}[];
  };
}

/** A pod as it is sent to the API server. */
export interface PodToMake {
  readonly apiVersion: 'v1';
  readonly kind: 'Pod';
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly [key: string]: unknown;
  };
  readonly spec: Template['spec'];
}

/**
 * Source: Kubernetes 1.34, pkg/controller/statefulset, stateful_set_utils.go, newStatefulSetPod. Rules of the cluster
 * may look at any of these: the labels, the owner, the volumes. blockOwnerDeletion is left out, because it may only be
 * set by those who may change the finalizers of the StatefulSet.
 */
export function podOfSet(source: PodSource, ordinal: number, namespace: string): PodToMake {
  const {name: set, uid} = source.metadata;
  const {template, serviceName, volumeClaimTemplates = []} = source.spec;
  const name = `${set}-${ordinal}`;
  const claims = new Map(
    volumeClaimTemplates.map(({metadata}) => [metadata.name, claimOf(metadata.name, set, ordinal)]),
  );
  const own = (template.spec as {readonly volumes?: readonly {readonly name: string}[]}).volumes ?? [];
  const volumes = [
    ...[...claims].map(([volume, claim]) => ({name: volume, persistentVolumeClaim: {claimName: claim}})),
    ...own.filter((volume) => !claims.has(volume.name)),
  ];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...template.metadata,
      name,
      namespace,
      generateName: `${set}-`,
      labels: {
        ...template.metadata?.labels,
        'statefulset.kubernetes.io/pod-name': name,
        'apps.kubernetes.io/pod-index': String(ordinal),
      },
      ...(uid === undefined
        ? {}
        : {ownerReferences: [{apiVersion: 'apps/v1', kind: 'StatefulSet', name: set, uid, controller: true}]}),
    },
    spec: {
      ...template.spec,
      hostname: name,
      ...(serviceName === undefined ? {} : {subdomain: serviceName}),
      volumes,
    } as Template['spec'],
  };
}

/** The StatefulSet of the cluster as it is, with what a rendering would make of it. */
export function asRendered(live: StatefulSet, rendered: PodSource | undefined): PodSource {
  return rendered === undefined ? live : {...rendered, metadata: live.metadata};
}

function claimOf(template: string, set: string, ordinal: number): string {
  return template === 'data' ? claimName(set, ordinal) : `${template}-${set}-${ordinal}`;
}
