// Who else decides what a release is: what a helm of ours changes they would take back.
import type {StatefulSet} from './kubernetes.ts';

export type Steering = 'Argo CD' | 'Flux' | 'Terraform';

/**
 * Sources: Argo CD documentation, Resource Tracking; Flux, HelmRelease labels; the field manager that Terraform's helm
 * provider has.
 * @returns null where nobody is known to
 */
export function steeredBy({metadata}: Pick<StatefulSet, 'metadata'>): Steering | null {
  const {labels = {}, annotations = {}, managedFields = []} = metadata;
  if (labels['helm.toolkit.fluxcd.io/name'] !== undefined) return 'Flux';
  const isOfArgo =
    annotations['argocd.argoproj.io/tracking-id'] !== undefined ||
    labels['argocd.argoproj.io/instance'] !== undefined ||
    managedFields.some(({manager}) => manager === 'argocd-controller');
  if (isOfArgo) return 'Argo CD';
  return managedFields.some(({manager}) => manager?.startsWith('terraform-provider-helm')) ? 'Terraform' : null;
}
