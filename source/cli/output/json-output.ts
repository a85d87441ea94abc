// For scripts: one object at the end, or with ndjson one event a line and the object last.
import type {Face, Streams} from './output.ts';

const schema = 'pg-helm-install/v1';

export function jsonFace(output: 'json' | 'ndjson', {stdout}: Streams): Face {
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
