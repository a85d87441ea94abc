// For scripts: one object at the end, or with ndjson one event a line and the object last.
import type {Reporter, Streams} from './reporter.ts';

const schema = 'pg-helm-install/v1';

export function jsonReporter(output: 'json' | 'ndjson', {stdout}: Streams): Reporter {
  const print = (data: object) => stdout.write(`${JSON.stringify(data, null, output === 'json' ? 1 : undefined)}\n`);
  const last = (data: object) => print({schema, ...(output === 'ndjson' ? {type: 'result'} : {}), ...data});
  return {
    output,
    progress: (step) => {
      if (output === 'ndjson') print({schema, ...step});
    },
    result: ({ledger, notes, ...result}) =>
      last({...result, ...(notes.length > 0 ? {notes} : {}), ...(ledger ? {ledger} : {})}),
    answer: (data) => last(data),
    plan: () => undefined,
    failure: (operation, outcome, cause, where) => last({operation, outcome, ...where, cause}),
  };
}
