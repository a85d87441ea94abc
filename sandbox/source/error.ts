// Why the sandbox cannot do what was asked, as data: its callers say in words of their own what to do next.

export type SandboxErrorCode =
  /** The words that name faults were not understood. */
  | 'BAD_FAULT'
  /** There is no PostgreSQL for this kind of machine. */
  | 'NO_POSTGRESQL'
  /** npm could not fetch `package`. */
  | 'NOT_FETCHED'
  /** Its folder cannot be made or written. */
  | 'NOT_WRITABLE'
  /** The sandbox did not start. */
  | 'NOT_STARTED'
  /** The sandbox runs and does not do what it was told. */
  | 'NO_ANSWER';

export interface SandboxProblem {
  readonly code: SandboxErrorCode;
  /** What happened, to what: one or two sentences. */
  readonly message: string;
  /** What others said, such as npm, or the last lines of the log. */
  readonly evidence: readonly string[];
  /** As npm names it: `name@version`. */
  readonly package?: string;
}

export class SandboxError extends Error {
  override readonly name = 'SandboxError';
  constructor(readonly problem: SandboxProblem) {
    super(problem.message);
  }
}

/** Shorthand. @returns the error, to be thrown */
export function sandboxError(code: SandboxErrorCode, message: string, evidence: readonly string[] = []): SandboxError {
  return new SandboxError({code, message, evidence});
}
