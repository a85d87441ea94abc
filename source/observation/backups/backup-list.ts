// What is on the backup volume, as reported by the pod that looked there, and the note about it on the claim.

/** What a restore into a throw-away server has shown. */
interface BackupProof {
  /** ISO 8601. */
  readonly at: string;
  readonly ok: boolean;
  /** Why the restore failed; absent when it did not. */
  readonly why?: string;
  readonly databases?: number;
  readonly tables?: number;
  readonly rows?: number;
  readonly amcheck?: 'passed' | 'absent';
}

export interface BackupEntry {
  /** When it began, in UTC, as `20260102T030000Z`. */
  readonly name: string;
  /** ISO 8601. Rows that were written later are not in the backup. */
  readonly startedAt: string;
  readonly seconds: number;
  /** Size of its files. */
  readonly bytes: number;
  readonly postgresVersion: string;
  /** Name of the application's user. */
  readonly username: string;
  readonly database: string;
  readonly databases: readonly {
    readonly name: string;
    /** Its size in the server that was backed up. */
    readonly bytes: number;
    readonly tables: number;
    readonly rows: number;
  }[];
  /** Null when nobody has tried a restore. */
  readonly proof: BackupProof | null;
}

export interface BackupListing {
  /** The newest one first. */
  readonly backups: readonly BackupEntry[];
  /** Size and free space of the volume; null when not known. */
  readonly sizeBytes: number | null;
  readonly freeBytes: number | null;
}

/** Reads what the scripts print, one object per line. Lines that cannot be read are left out. */
export function listingIn(output: string): BackupListing {
  const lines = output.split('\n').flatMap((line): readonly Line[] => {
    const found = parsed(line);
    return found ? [found] : [];
  });
  const volume = lines.find((line) => typeof line['sizeBytes'] === 'number');
  return {
    backups: lines.flatMap((line) => entryIn(line) ?? []),
    sizeBytes: numberOr(volume?.['sizeBytes'], null),
    freeBytes: numberOr(volume?.['freeBytes'], null),
  };
}

type Line = Readonly<Record<string, unknown>>;

function parsed(line: string): Line | null {
  try {
    const found: unknown = line.startsWith('{') ? JSON.parse(line) : null;
    return typeof found === 'object' && found !== null ? (found as Line) : null;
  } catch {
    return null;
  }
}

function entryIn({manifest, proof}: Line): BackupEntry | null {
  const {backup, startedAt, postgres, user, database, databases, ...said} = (manifest ?? {}) as Line;
  if (typeof backup !== 'string' || typeof startedAt !== 'string' || !Array.isArray(databases)) return null;
  return {
    name: backup,
    startedAt,
    seconds: numberOr(said['seconds'], 0),
    bytes: numberOr(said['bytes'], 0),
    postgresVersion: textOr(postgres, '?'),
    username: textOr(user, 'postgres'),
    database: textOr(database, 'postgres'),
    databases: (databases as Line[]).map((one) => ({
      name: textOr(one['name'], '?'),
      bytes: numberOr(one['bytes'], 0),
      tables: numberOr(one['tables'], 0),
      rows: numberOr(one['rows'], 0),
    })),
    proof: proofIn(proof),
  };
}

function proofIn(proof: unknown): BackupProof | null {
  const {at, ok, why, databases, tables, rows, amcheck} = (proof ?? {}) as Record<string, unknown>;
  if (typeof at !== 'string' || typeof ok !== 'boolean') return null;
  const numbers = Object.entries({databases, tables, rows}).filter(([, value]) => typeof value === 'number');
  return {
    at,
    ok,
    ...(typeof why === 'string' ? {why} : {}),
    ...Object.fromEntries(numbers),
    ...(amcheck === 'passed' || amcheck === 'absent' ? {amcheck} : {}),
  };
}

function numberOr<Other>(value: unknown, other: Other): number | Other {
  return typeof value === 'number' && Number.isFinite(value) ? value : other;
}

function textOr(value: unknown, other: string): string {
  return typeof value === 'string' ? value : other;
}

/** Annotation on the claim of the backup volume: what was seen there last, so that nobody has to look there again. */
export const notedAnnotation = 'pg-helm-install/backups';

export interface BackupNote {
  /** Null when there was no backup. */
  readonly newest: {readonly name: string; readonly startedAt: string; readonly bytes: number} | null;
  /** The newest backup whose restore was tried; null when none was. */
  readonly tried: {readonly name: string; readonly at: string; readonly ok: boolean} | null;
}

export function noteOf({backups}: Pick<BackupListing, 'backups'>): BackupNote {
  const [newest] = backups;
  const tried = backups.find(({proof}) => proof !== null);
  return {
    newest: newest ? {name: newest.name, startedAt: newest.startedAt, bytes: newest.bytes} : null,
    tried: tried?.proof ? {name: tried.name, at: tried.proof.at, ok: tried.proof.ok} : null,
  };
}

/** Null when there is no note, or it cannot be read. */
export function noteIn(annotations: Readonly<Record<string, string>> = {}): BackupNote | null {
  const note = parsed(annotations[notedAnnotation] ?? '');
  return note && 'newest' in note && 'tried' in note ? (note as unknown as BackupNote) : null;
}
