// What runs first: --help and --version alone are answered before the rest is loaded, which takes longer than they do.
import {commands} from './commands/index.ts';
import {answerAlone} from './commands/overview.ts';
import {mindLostOutput} from './lost-output.ts';

declare const __VERSION__: string;

const answer = answerAlone(process.argv.slice(2), commands, __VERSION__);
if (answer === null) {
  await import('./main.ts');
} else {
  mindLostOutput(process, () => false);
  process.stdout.write(answer);
}
