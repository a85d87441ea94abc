// For scripts: one object at the end, or with ndjson one event a line and the object last.
import type {Cause} from '../../core/cause.ts';
import {clock} from '../../core/time.ts';
import type {Result} from '../../plan/progress.ts';
import type {Reporter, Streams, Where} from './reporter.ts';

const schema = 'pg-helm-install/v1';

export function jsonReporter(output: 'json' | 'ndjson', {stdout, writeNow}: Streams): Reporter {
  const textOf = (data: object) => `${JSON.stringify(data, null, output === 'json' ? 1 : undefined)}\n`;
  const print = (data: object) => stdout.write(textOf(data));
  const lastOf = (data: object) => ({schema, ...(output === 'ndjson' ? {type: 'result'} : {}), ...data});
  let hasEnded = false;
  const last = (data: object) => {
    hasEnded = true;
    print(lastOf(data));
  };
  return {
    output,
    progress: (step) => {
      if (output === 'ndjson') print({schema, ...step});
    },
    event: (data) => {
      if (output === 'ndjson') print({schema, ...data});
    },
    result: ({ledger, notes, ...result}) =>
      last({
        ...result,
        ...(result.cause ? {cause: publicCause(result.cause)} : {}),
        ...(notes.length > 0 ? {notes} : {}),
        ...(ledger ? {ledger} : {}),
      }),
    answer: (data) => last(withPublicCauses(data)),
    tell: (data) => last(withPublicCauses(data)),
    plan: () => undefined,
    failure: (operation, outcome, cause, where, more) =>
      last({operation, outcome, ...where, ...nothingKnown(), cause: publicCause(cause), ...more}),
    cutShort(operation, cause, where) {
      if (hasEnded) return;
      try {
        writeNow?.(textOf(lastOf({operation, outcome: 'cancelled', ...where, ...nothingKnown(), cause})));
      } catch {
        // Nobody reads it.
      }
    },
  };
}

/** The rest of a result, where nothing was looked at yet: a script reads the same fields of every end. */
function nothingKnown(): Omit<Result, 'operation' | 'outcome' | 'notes' | keyof Where> {
  return {
    revision: null,
    chartVersion: null,
    postgresVersion: null,
    durationMs: clock.now() - clock.began,
    endpoints: null,
    credentials: null,
    warnings: [],
    phases: [],
  };
}

/** The contract with scripts: the data behind a remedy is not part of it. */
function publicCause({remedies, ...rest}: Cause): Cause {
  return {
    ...rest,
    remedies: remedies.map(({title, command}) => ({title, ...(command === undefined ? {} : {command})})),
  };
}

/** The data of a status or a diagnosis, with its causes as the contract has them. */
function withPublicCauses(data: {readonly cause?: Cause | null; readonly causes?: readonly Cause[]}): object {
  return {
    ...data,
    ...(data.cause ? {cause: publicCause(data.cause)} : {}),
    ...(data.causes ? {causes: data.causes.map(publicCause)} : {}),
  };
}
