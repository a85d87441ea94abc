// What a reporter must be able to show. Text for people, JSON for scripts; neither decides anything.
import type {Cause} from '../../core/cause.ts';
import type {Plan, Progress, Result} from '../../plan/progress.ts';

export type OutputFormat = 'text' | 'json' | 'ndjson';

export interface Reporter {
  readonly output: OutputFormat;
  progress(step: Progress): void;
  /** One line of `data` with ndjson; nothing otherwise. */
  event(data: object): void;
  result(result: Result): void;
  /** The answer of a command that only reads: `data` for scripts, `lines` for people, printed as they are. */
  answer(data: object, lines: () => readonly string[]): void;
  /** Like `answer`, for sentences: on a terminal the `lines` are broken between words. */
  tell(data: object, lines: () => readonly string[]): void;
  /** Shows a plan before a person is asked about it. */
  plan(plan: Plan): void;
  /** Something that has no result of its own went wrong. `more`: further fields for scripts. */
  failure(
    operation: string,
    outcome: 'refused' | 'failed' | 'cancelled',
    cause: Cause,
    where: Where,
    more?: object,
  ): void;
  /**
   * The process ends at once: tells scripts so, unless they were told how it ended. Waits for nobody: where the reader
   * takes no more, it says nothing.
   */
  cutShort(operation: string, cause: Cause, where: Where): void;
}

export interface Where {
  readonly release: string | null;
  readonly namespace: string | null;
  readonly context: string | null;
}

export interface Streams {
  readonly stdout: TextStream;
  /** Writes to standard output without waiting. @throws where it takes no more */
  readonly writeNow?: (text: string) => unknown;
  readonly stderr: TextStream;
}

interface TextStream {
  write(text: string): unknown;
  /** The width of the stream, where it is a terminal. */
  readonly columns?: number;
}
