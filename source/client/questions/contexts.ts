// The contexts of a kubeconfig.
import {isInvented, loadKubeconfig} from '../../cluster/kubeconfig.ts';

export interface Contexts {
  readonly names: readonly string[];
  /** Null: the kubeconfig names none. */
  readonly current: string | null;
}

/**
 * None where there is no kubeconfig.
 * @param kubeconfig null: the usual one. @throws UserError where it cannot be read
 */
export function contextsIn(kubeconfig: string | null): Contexts {
  const config = loadKubeconfig(kubeconfig);
  if (isInvented(config)) return {names: [], current: null};
  return {names: config.getContexts().map(({name}) => name), current: config.getCurrentContext() || null};
}
