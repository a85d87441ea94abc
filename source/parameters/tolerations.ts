// Which taints of nodes a pod tolerates. Kubernetes API: Toleration, Taint.
export interface Toleration {
  readonly key?: string;
  /** Absent: `Equal`. */
  readonly operator?: string;
  readonly value?: string;
  /** Absent: every effect. */
  readonly effect?: string;
}

interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
}

export function isTolerated(taint: Taint, tolerations: readonly Toleration[]): boolean {
  return tolerations.some(({key, operator = 'Equal', value = '', effect}) => {
    if (effect !== undefined && effect !== taint.effect) return false;
    if (operator === 'Exists') return key === undefined || key === taint.key;
    return key === taint.key && value === (taint.value ?? '');
  });
}
