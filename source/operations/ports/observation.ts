// Looking at the place and at the release; nothing is changed.
import type {CertificateSecret} from '../../chart/parameters/tls.ts';
import type {Snapshot} from '../../observation/snapshot.ts';
import type {Survey} from '../../observation/survey.ts';

/** One look at the release, or the fact that no look is possible just now. */
export type Observation =
  | {readonly kind: 'seen'; readonly snapshot: Snapshot}
  | {readonly kind: 'lost'; /** Milliseconds since the epoch. */ readonly since: number; readonly text: string};

/** How often is looked: `busy` while an operation waits for it, `calm` for whoever only watches. */
export type Pace = 'busy' | 'calm';

export interface ObservationPort {
  /** The place: nodes, classes, quotas, rights, and what there is of the release already. */
  survey(request: {
    readonly password: string | null;
    readonly pullSecret: string | null;
    readonly certificate?: CertificateSecret | null;
    /** Where policies or a mesh are wanted: the namespaces that are named. Null, or absent: nothing of it is asked. */
    readonly namespaces?: readonly string[] | null;
    /** The one that is asked for by name; where there is none of that name, volumes may have been made for it. */
    readonly storageClass?: string | null;
  }): Promise<Survey>;
  /** One complete look, proofs included. */
  look(): Promise<Snapshot>;
  /**
   * Looks whenever something changed, and every second; proves endpoints as soon as they may answer. Ends with the
   * signal. `requestLook` asks for one now: what was there before it is seen.
   */
  observe(
    signal: AbortSignal,
    pace?: Pace,
  ): {readonly observations: AsyncGenerator<Observation>; readonly requestLook: () => void};
}
