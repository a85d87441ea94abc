// The password of the applications' role. It has a row in the form and flags, but is no answer: no file and no values
// hold it.
import {parameter} from '../parameter.ts';

const defaultText = 'generated, 24 characters';

export const password = parameter<'password', never, never>({
  key: 'password',
  label: 'Password',
  hint: '12 to 100 characters. Also from the variable PGHI_PASSWORD, or typed unseen on a terminal.',
  defaultText,
  changes: 'rotate',
  form: 'main',
  flags: [
    {name: '--password-file', argument: 'file', help: 'read the password from a file', read: null},
    {name: '--password-stdin', argument: null, help: 'read the password from standard input', read: null},
    {name: '--allow-weak-password', argument: null, help: 'take a password shorter than 12 characters', read: null},
  ],
  variables: [{name: 'PGHI_PASSWORD', read: null}],
  inFile: null,
  parse: () => ({
    problem: 'a password is never given here. Use --password-file, --password-stdin or the variable PGHI_PASSWORD.',
  }),
  resolve: () => {
    throw new Error('a password is no parameter of a release');
  },
  placeholder: () => defaultText,
});
