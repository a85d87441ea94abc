// What runs first: takes the password out of the environment, and answers --help and --version alone before the rest is
// loaded, which takes longer than they do.
import {commands} from './cli/index.ts';
import {answerAlone} from './cli/overview.ts';
import {onLostOutput} from './cli/lost-output.ts';
import {takeFromEnvironment} from './core/own-environment.ts';
import {isReadOnly} from './core/read-only.ts';

declare const __VERSION__: string;

// Before all else: as long as it is there, others of this user can read it in /proc.
takeFromEnvironment('PGHI_PASSWORD');

const answer = answerAlone(process.argv.slice(2), commands, {
  version: __VERSION__,
  isReadOnly: isReadOnly(process.env),
});
if (answer === null) {
  await import('./main.ts');
} else {
  onLostOutput(process, () => false);
  process.stdout.write(answer);
}
