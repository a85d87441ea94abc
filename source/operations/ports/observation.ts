// Looking at the place and at the release; nothing is changed.
import type {CertificateSecret} from '../../chart/parameters/tls.ts';
import type {CommandName, Extra} from '../../commands/permissions.ts';
import type {Snapshot} from '../../observation/snapshot.ts';
import type {Permission, Survey} from '../../observation/survey.ts';

/** One look at the release, or the fact that no look is possible just now. */
export type Observation =
  | {readonly kind: 'seen'; readonly snapshot: Snapshot}
  | {readonly kind: 'lost'; /** Milliseconds since the epoch. */ readonly since: number; readonly text: string};

/** How often endpoints are proven: `busy` while an operation waits for them, `calm` where somebody only watches. */
export type Pace = 'busy' | 'calm';

/** An operation, and what it is asked for of all that needs more rights. */
export interface PermissionsAsked {
  readonly command: CommandName;
  readonly extras: readonly Extra[];
}

export interface LookOptions {
  /** Called with the objects once they are read, before the endpoints are proven. */
  readonly onRead?: (read: Omit<Snapshot, 'database'>) => void;
  /**
   * The writer is perhaps lost: nothing is waited for that its node would have to answer. No log is read, and the
   * endpoints are proven only where the writer's pod is Ready, because an answer says nothing new of another one.
   */
  readonly mayLackWriter?: boolean;
}

export interface ObservationPort {
  /** The place: nodes, classes, quotas, rights, and what there is of the release already. */
  survey(request: {
    readonly password: string | null;
    readonly pullSecret: string | null;
    readonly certificate?: CertificateSecret | null;
    /**
     * Where policies or a mesh are wanted: the namespaces that are named. Null, or absent: the network is not looked
     * at.
     */
    readonly namespaces?: readonly string[] | null;
    /**
     * The storage class that was asked for by name; where no class has that name, volumes may have been made by hand
     * for it.
     */
    readonly storageClass?: string | null;
    /** The operation whose permissions are looked at; absent: none are. */
    readonly permissions?: PermissionsAsked;
  }): Promise<Survey>;
  /** Whether this user may do what the operation cannot do without. */
  permissions(asked: PermissionsAsked): Promise<readonly Permission[]>;
  /** One complete look, proofs included. */
  look(how?: LookOptions): Promise<Snapshot>;
  /**
   * Looks whenever something changed, and every second; proves endpoints as soon as they may answer. Ends when the
   * signal aborts. `requestLook` asks for a look now, which sees all that happened before the call.
   */
  observe(
    signal: AbortSignal,
    pace?: Pace,
  ): {readonly observations: AsyncGenerator<Observation>; readonly requestLook: () => void};
}
