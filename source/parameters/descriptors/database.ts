// The database of the applications.
import {databaseProblem} from '../identifiers.ts';
import {parameter, textAnswer} from '../parameter.ts';

export const database = parameter<'database', string, string>({
  key: 'database',
  label: 'Database',
  hint: 'The database that is made for the user. It cannot be changed later.',
  defaultText: 'postgres',
  changes: 'never',
  form: 'settings',
  flags: [{name: '--database', argument: 'name'}],
  parse: textAnswer(databaseProblem),
  resolve: (answer) => answer ?? 'postgres',
});
