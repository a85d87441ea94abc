// The role of the applications.
import {usernameProblem} from '../identifiers.ts';
import {parameter, textAnswer} from '../parameter.ts';

export const username = parameter<'username', string, string>({
  key: 'username',
  label: 'Username',
  hint: 'The role that your applications log in as. It cannot be changed later.',
  defaultText: 'postgres',
  changes: 'never',
  form: 'main',
  flags: [{name: '--username', argument: 'name'}],
  parse: textAnswer(usernameProblem),
  resolve: (answer) => answer ?? 'postgres',
});
