// The writer's name for external-dns.
import {hostnameProblem} from '../network.ts';
import {parameter, textOrNone, unlessNone} from '../parameter.ts';

export const hostname = parameter<'hostname', string, string | null>({
  key: 'hostname',
  label: 'Hostname',
  hint: 'A name such as db.example.com for external-dns. The reader gets reader-db.example.com.',
  defaultText: 'none',
  changes: 'anytime',
  form: 'network',
  flags: [{name: '--hostname', argument: 'name'}],
  parse: textOrNone(hostnameProblem, (text) => text.toLowerCase()),
  resolve: unlessNone,
});
