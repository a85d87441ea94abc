// What keeps the sandbox from doing what was asked, as data: whoever uses it says what to do next in words of its own.

export type SandboxErrorCode =
  /** What is to fail was not understood. */
  | 'BAD_FAULT'
  /** There is no PostgreSQL for this kind of machine. */
  | 'NO_POSTGRESQL'
  /** npm could not fetch `package`. */
  | 'NOT_FETCHED'
  /** Its folder cannot be made or written. */
  | 'NOT_WRITABLE'
  /** It did not start. */
  | 'NOT_STARTED'
  /** It runs and does not do what it was told. */
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
