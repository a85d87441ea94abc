// Why something failed or was refused, in words and as data, for all folders.

/** Codes are a contract with scripts: add, never rename. */
export type CauseCode =
  | 'BAD_INPUT'
  | 'HELM_MISSING'
  | 'HELM_UNSUPPORTED'
  | 'CLUSTER_UNREACHABLE'
  | 'CREDENTIALS_EXPIRED'
  | 'FORBIDDEN'
  | 'NAMESPACE_MISSING'
  | 'NAME_TOO_LONG'
  | 'NAME_COLLISION'
  | 'RELEASE_EXISTS'
  | 'RELEASE_LOCKED'
  | 'RELEASE_FAILED'
  | 'RELEASE_NOT_FOUND'
  | 'NOT_OURS'
  | 'NOT_ADOPTABLE'
  | 'STEERED'
  | 'LEFTOVER_VOLUME'
  | 'VOLUME_GOING'
  | 'VALUES_UNREAD'
  | 'SYSTEM_IDENTIFIER_DIFFERS'
  | 'CHART_NOT_FOUND'
  | 'CHART_FORBIDDEN'
  | 'CHART_RATE_LIMITED'
  | 'CHART_REJECTED'
  | 'IMAGE_NOT_FOUND'
  | 'IMAGE_FORBIDDEN'
  | 'IMAGE_RATE_LIMITED'
  | 'UNSCHEDULABLE'
  | 'NO_STORAGE_CLASS'
  | 'VOLUME_PENDING'
  | 'VOLUME_PERMISSION'
  | 'VOLUME_FULL'
  | 'STORAGE_SHRINK'
  | 'STORAGE_CANNOT_GROW'
  | 'OUT_OF_MEMORY'
  | 'CRASH_LOOP'
  | 'PASSWORD_MISMATCH'
  | 'VERSION_INCOMPATIBLE'
  | 'COLLATION_CHANGED'
  | 'REPLICA_BEHIND'
  | 'NO_READER'
  | 'NO_READER_TO_PROMOTE'
  | 'DISK_CAN_MOVE'
  | 'NOT_FENCED'
  | 'WRITER_HEALTHY'
  | 'TWO_WRITERS'
  | 'SYNC_WOULD_BLOCK'
  | 'QUOTA_EXCEEDED'
  | 'ADMISSION_DENIED'
  | 'FIELD_CONFLICT'
  | 'NODE_LOST'
  | 'CONNECTION_LOST'
  | 'ENDPOINT_UNPROVEN'
  | 'OBJECT_MISSING'
  | 'WRITER_STOPPED'
  | 'WRITER_READ_ONLY'
  | 'SERVICE_MISDIRECTED'
  | 'READER_NOT_STREAMING'
  | 'REPLAY_PAUSED'
  | 'CONTAINER_NOT_CREATED'
  | 'VOLUME_NOT_MOUNTED'
  | 'POD_EVICTED'
  | 'POD_NOT_READY'
  | 'NOT_ENCRYPTED'
  | 'POD_REFUSED'
  | 'DUMP_FAILED'
  | 'BACKUP_FAILED'
  | 'BACKUP_NOT_FOUND'
  | 'SECRET_MALFORMED'
  | 'CERTIFICATE_INVALID'
  | 'READ_ONLY'
  | 'TIMEOUT'
  | 'CANCELLED'
  | 'BUG';

export type WarningCode =
  | 'IMAGES_FROZEN'
  | 'LOAD_BALANCER_PENDING'
  | 'NO_READERS'
  | 'NO_HIGH_AVAILABILITY'
  | 'READERS_BESIDE_WRITER'
  | 'READER_BEHIND'
  | 'WRITER_NODE_LEAVING'
  | 'PUBLIC_ENDPOINT'
  | 'VOLUME_CANNOT_GROW'
  | 'LEFTOVER_VOLUMES'
  | 'SMALL_MEMORY'
  | 'SETTINGS_EXCEED_MEMORY'
  | 'NO_ROOM_NOW'
  | 'ENCRYPTION_UNKNOWN'
  | 'DEFINITION_PENDING'
  | 'TWO_WRITERS'
  | 'CERTIFICATE_EXPIRES'
  | 'CERTIFICATE_NAMES'
  | 'CERTIFICATE_PENDING'
  | 'CERTIFICATE_MISSING'
  | 'POLICY_NOT_ENFORCED'
  | 'POLICY_ENFORCEMENT_UNKNOWN'
  | 'ALLOWED_NAMESPACE_MISSING'
  | 'ALLOW_FROM_COVERS_PODS'
  | 'MESH_NOT_FOUND'
  | 'MESH_PROXY_MISSING'
  | 'UNLOGGED_EMPTIED'
  | 'SYNC_MAY_BLOCK'
  | 'COMMITS_WAIT'
  | 'BACKUP_FAILED'
  | 'BACKUP_LATE'
  | 'BACKUP_UNPROVEN'
  | 'VALUES_UNREAD'
  | 'SECRET_IN_VALUES'
  | 'SETTINGS_CARRIED'
  | 'NOT_CHECKED';

/** The Kubernetes object that a cause is about. */
export interface ObjectRef {
  readonly kind: string;
  readonly namespace: string | null;
  readonly name: string;
}

/** A command of ours as data: an operation or a question, see commands/operation.ts. */
export interface ProposedAction {
  readonly kind: string;
}

/** What a person can do next. Scripts get `title` and `command` alone. */
export interface Remedy {
  readonly title: string;
  /** Can be pasted into a shell as it is. */
  readonly command?: string;
  /** The same command as data, where it is one of our own. */
  readonly action?: ProposedAction;
  /** The kind of our operation that the command begins, where the command has blanks to fill in and is no data. */
  readonly begins?: string;
  /** True: the remedy is to do once more what was done last. */
  readonly again?: boolean;
}

export interface Cause {
  readonly code: CauseCode;
  /** What happened, to what, and what it means: one or two sentences. */
  readonly message: string;
  readonly object: ObjectRef | null;
  /** ISO 8601; null when the cluster does not say since when. */
  readonly firstSeen: string | null;
  /** What others said that proves it: event texts, last log lines, helm's error. */
  readonly evidence: readonly string[];
  readonly remedies: readonly Remedy[];
}

export interface Warning {
  readonly code: WarningCode;
  readonly message: string;
}

/** Makes a cause, with defaults for what it need not say. */
export function cause(code: CauseCode, message: string, rest: Partial<Omit<Cause, 'code' | 'message'>> = {}): Cause {
  return {code, message, object: null, firstSeen: null, evidence: [], remedies: [], ...rest};
}

/** The warnings that say something that none of the causes says: for texts that show both. */
export function warningsBeside(causes: readonly Cause[], warnings: readonly Warning[]): readonly Warning[] {
  return warnings.filter(({code, message}) => !causes.some((one) => one.code === code && one.message === message));
}

/** Something that the user, the cluster or the network can put right. Anything else that is thrown is a bug of ours. */
export class UserError extends Error {
  override readonly name = 'UserError';
  constructor(
    readonly reason: Cause,
    /** True: nobody knows what the cause means, and another try may find it gone. */
    readonly mayPass = false,
  ) {
    super(reason.message);
  }
}

/** A longer word, pasted by mistake, would push the reason off the screen. */
const longestWord = 200;

/** A UserError for what can be seen in the command line alone. Exit 2. */
export function badInput(message: string, remedies: readonly Remedy[] = []): UserError {
  const short = message.replace(/\S+/g, (word) =>
    word.length <= longestWord ? word : `${word.slice(0, 40)}… (${word.length} characters)`,
  );
  return new UserError(cause('BAD_INPUT', short, {remedies}));
}
