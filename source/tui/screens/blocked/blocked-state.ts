// Something that has to be put right first: the state of that screen.
import type {Cause} from '../../../core/cause.ts';

export interface BlockedState {
  readonly name: 'blocked';
  readonly cause: Cause;
  /** The path of another kubeconfig is being typed. */
  readonly kubeconfig: boolean;
}
