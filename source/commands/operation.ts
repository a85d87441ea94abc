// What this program can be asked for, as data. Commands, screens, remedies and other programs all use these types.
import type {ProposedAction} from '../core/cause.ts';
import type {Answers} from '../parameters/parameters.ts';

/** The release that is meant. */
export interface ReleaseRef {
  readonly release: string;
  /** Null: the namespace of the context. */
  readonly namespace: string | null;
  /** Null: the current context of the kubeconfig. */
  readonly context: string | null;
}

/** Whose password changes: the application user's, the superuser's, the readers' streams', the exporters', or all. */
export const passwordRoles = ['app', 'admin', 'replication', 'metrics', 'all'] as const;
export type PasswordRole = (typeof passwordRoles)[number];

/** What is done with backups: make one now, restore one into a throw-away server, restore one as a new release. */
export const backupActions = ['run', 'verify', 'restore'] as const;
export type BackupAction = (typeof backupActions)[number];

/** What may differ in the release that a restore makes from the one that the backup is of. */
export const restoreParameters = [
  'readReplicaCount',
  'cpu',
  'memory',
  'instanceType',
  'storageSize',
  'storageClass',
] as const satisfies readonly (keyof Answers)[];
export type RestoreAnswers = Pick<Answers, (typeof restoreParameters)[number]>;

/** `readers`: what they get otherwise than the writer. */
export type Sizes = Pick<Answers, 'cpu' | 'memory' | 'instanceType' | 'storageSize' | 'readers'>;

/** For a change that may be written as files, for whoever applies the release instead of us. */
interface ThroughFiles {
  /** The folder for the files; absent: the change is applied here. */
  readonly patchTo?: string;
}

/** Something that changes a release. */
export type Operation = ReleaseRef &
  (
    | {
        readonly kind: 'install';
        /** What is not answered gets its default. */
        readonly answers: Answers;
        /** The files from which the extra chart values among the answers came: a command names these files instead. */
        readonly valuesFile: readonly string[] | null;
      }
    | (ThroughFiles & {
        readonly kind: 'scale';
        readonly readReplicas: number;
        /** Also deletes the volumes of the readers that go, and those that earlier readers left. */
        readonly deleteVolumes: boolean;
      })
    | (ThroughFiles & {
        readonly kind: 'resize';
        readonly sizes: Sizes;
        /**
         * `never`: a writer that must leave its node restarts on another one; absent: its role moves to a reader there.
         */
        readonly switchover?: 'never';
      })
    | (ThroughFiles & {
        readonly kind: 'upgrade';
        readonly images: NonNullable<Answers['images']>;
        /** Null: the version that the release has. */
        readonly chartVersion: string | null;
      })
    | (ThroughFiles & {
        readonly kind: 'set';
        readonly answers: Answers;
        readonly valuesFile: readonly string[] | null;
      })
    | {readonly kind: 'restart'}
    | {
        /** Makes a release that plain helm made one of ours, where it stands. */
        readonly kind: 'adopt';
        readonly sizes: Pick<Answers, 'cpu' | 'memory'>;
        /** Null: as many as there are. */
        readonly readReplicas: number | null;
        /** The pods do not restart now, but when somebody says so. */
        readonly restartsLater: boolean;
        /** The release is inside another one, and is taken out of that first. */
        readonly detach?: true;
      }
    | (ThroughFiles & {
        readonly kind: 'rollback';
        /** Null: the newest good revision before the newest. */
        readonly revision: number | null;
      })
    | {
        readonly kind: 'rotate-password';
        /** A password that was given is no part of the operation: it stays out of command lines and records. */
        readonly role: PasswordRole;
      }
    | {
        readonly kind: 'switchover';
        /** The pod of the reader that becomes the writer; null: the one that is closest to it. */
        readonly to: string | null;
        /**
         * Only moves the role where the writer is on that node, to a reader on another; absent: wherever the writer is.
         */
        readonly awayFromNode?: string;
      }
    | {
        readonly kind: 'failover';
        /** The pod of the reader that becomes the writer; null: the one with the most WAL. */
        readonly to: string | null;
        /** Somebody has made sure that the machine of the lost writer is off. */
        readonly nodeIsOff: boolean;
      }
    | {
        readonly kind: 'backup';
        readonly action: BackupAction;
        /** The name of the backup, for verify and restore; null: the newest. Always null for run. */
        readonly backup: string | null;
        /** The release that a restore makes. */
        readonly as: string | null;
        /** What differs in that release; absent: nothing. */
        readonly answers?: RestoreAnswers;
      }
    | {readonly kind: 'recover'}
    | {
        readonly kind: 'uninstall';
        readonly deleteData: boolean;
        /** A file of this machine for a last dump; null: none. */
        readonly dumpTo: string | null;
      }
  );

export type OperationKind = Operation['kind'];
export type OperationOf<Kind extends OperationKind> = Extract<Operation, {readonly kind: Kind}>;
type WithoutRelease<One> = One extends Operation ? Omit<One, keyof ReleaseRef> : never;
/** An operation without the release that it is about. */
export type RequestOf<Kind extends OperationKind> = WithoutRelease<OperationOf<Kind>>;

type Role = 'writer' | 'reader';

/** Something that only reads. `role` null: both endpoints; connect then takes the writer. */
export type Question =
  | {readonly kind: 'list'}
  | (ReleaseRef &
      (
        | {readonly kind: 'status'; readonly watch: boolean}
        | {readonly kind: 'doctor' | 'history' | 'values'}
        | {readonly kind: 'endpoints' | 'logs'; readonly role: Role | null}
        | {
            readonly kind: 'connect';
            readonly role: Role | null;
            /** The local port that is held open; null: psql runs. */
            readonly forward: number | null;
          }
      ));

const questions: Readonly<Record<Question['kind'], true>> = {
  list: true,
  status: true,
  doctor: true,
  history: true,
  values: true,
  endpoints: true,
  logs: true,
  connect: true,
};

/** Every kind of operation, so that the compiler asks for each new one here. */
const operations: Readonly<Record<OperationKind, true>> = {
  install: true,
  scale: true,
  resize: true,
  upgrade: true,
  set: true,
  restart: true,
  adopt: true,
  rollback: true,
  'rotate-password': true,
  switchover: true,
  failover: true,
  backup: true,
  recover: true,
  uninstall: true,
};

export const operationKinds = Object.keys(operations) as readonly OperationKind[];

/** Whether what a remedy carries changes a release: `propose` puts nothing there but operations and questions. */
export function isOperation(action: ProposedAction): action is Operation {
  return Object.hasOwn(operations, action.kind);
}

export function isQuestion(asked: Operation | Question): asked is Question {
  return Object.hasOwn(questions, asked.kind);
}

/** Whether the operation can delete data that nothing brings back. */
export function deletesData(operation: RequestOf<OperationKind>): boolean {
  return (
    (operation.kind === 'scale' && operation.deleteVolumes) ||
    (operation.kind === 'uninstall' && operation.deleteData) ||
    operation.kind === 'failover'
  );
}

/** The folder for the files of a change, in the folder that the program was started in. */
export function patchFolderOf(release: string): string {
  return `${release}-patch`;
}

export function releaseRef({release, namespace, context}: ReleaseRef): ReleaseRef {
  return {release, namespace, context: namedContext(context)};
}

/** Null for `inClusterContext`, which client-node invents for a pod's service account and no kubeconfig knows. */
export function namedContext(context: string | null): string | null {
  return context === '' || context === 'inClusterContext' ? null : context;
}

/** An adoption with the readers and sizes that the release has, and its one restart at the end. */
export const asItIs: RequestOf<'adopt'> = {kind: 'adopt', sizes: {}, readReplicas: null, restartsLater: false};

export function adoptAsIs(ref: ReleaseRef): OperationOf<'adopt'> {
  return {...asItIs, ...ref};
}
