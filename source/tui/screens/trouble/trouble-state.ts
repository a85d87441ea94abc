// Something that has to be put right first: the state of that screen.
import type {Cause} from '../../../core/cause.ts';

export interface TroubleState {
  readonly name: 'trouble';
  readonly cause: Cause;
  /** The path of another kubeconfig is being typed. */
  readonly kubeconfig: boolean;
}
