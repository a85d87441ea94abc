// What a rule about helm's words is.
import type {CauseCode, ObjectRef, Remedy} from '../../core/cause.ts';

/** What helm was asked to work on; some of its texts do not say. */
export interface About {
  readonly context: string;
  readonly namespace: string;
  readonly release: string;
}

/** What a rule makes of the text it recognised. */
export interface Meaning {
  readonly code?: CauseCode;
  readonly message: string;
  readonly object?: ObjectRef;
  readonly remedies?: readonly Remedy[];
}

/**
 * `match` is found in the text after `helmText`. The first rule that matches counts, so the certain ones stand first.
 */
export interface ErrorRule {
  readonly code: CauseCode;
  readonly match: RegExp;
  readonly mean: (about: About, found: RegExpExecArray, text: string) => Meaning;
}
