// The pod and the claims of an ordinal, as the StatefulSet's template describes them.
import type {KubeObject} from '../../store/objects.ts';
import {ownedBy} from '../shapes.ts';
import {revisionLabel, specOf, type Template} from './shape.ts';

function claimNameOf(set: KubeObject, template: KubeObject, ordinal: number): string {
  return `${template.metadata.name}-${set.metadata.name}-${ordinal}`;
}

/** In Kubernetes a claim has the labels of the set's selector and no owner, so that it outlives the set. */
export function claimsFor(set: KubeObject, ordinal: number): KubeObject[] {
  const {volumeClaimTemplates = [], selector} = specOf(set);
  const {namespace = ''} = set.metadata;
  return volumeClaimTemplates.map((template) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: claimNameOf(set, template, ordinal),
      namespace,
      ...(template.metadata.annotations ? {annotations: template.metadata.annotations} : {}),
      labels: {...template.metadata.labels, ...selector.matchLabels},
    },
    spec: template['spec'],
  }));
}

export function podFor(set: KubeObject, template: Template, revision: string, ordinal: number): KubeObject {
  const {serviceName, volumeClaimTemplates = []} = specOf(set);
  const {name: setName, namespace = ''} = set.metadata;
  const name = `${setName}-${ordinal}`;
  const claimed = new Set(volumeClaimTemplates.map(({metadata}) => metadata.name));
  const volumes = [
    ...volumeClaimTemplates.map((claim) => ({
      name: claim.metadata.name,
      persistentVolumeClaim: {claimName: claimNameOf(set, claim, ordinal)},
    })),
    ...(template.spec.volumes ?? []).filter((volume) => !claimed.has(volume.name)),
  ];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      generateName: `${setName}-`,
      labels: {
        ...template.metadata?.labels,
        'apps.kubernetes.io/pod-index': String(ordinal),
        'statefulset.kubernetes.io/pod-name': name,
        [revisionLabel]: revision,
      },
      ...(template.metadata?.annotations ? {annotations: template.metadata.annotations} : {}),
      ownerReferences: ownedBy(set),
    },
    spec: {
      ...template.spec,
      hostname: name,
      ...(serviceName ? {subdomain: serviceName} : {}),
      ...(volumes.length > 0 ? {volumes} : {}),
    },
  };
}
