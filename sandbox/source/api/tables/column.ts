// A column of what `kubectl get` prints.
import type {KubeObject} from '../../store/objects.ts';

export interface Column {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'date' | 'boolean';
  /** Above 0: with `-o wide` only. */
  readonly priority: number;
  readonly description: string;
  readonly cell: (object: KubeObject) => unknown;
}
