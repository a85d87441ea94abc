// What runs first: --help and --version alone are answered before the rest is loaded, which takes longer than they do.
import {commands} from './commands/index.ts';
import {answerAlone} from './commands/overview.ts';

declare const __VERSION__: string;

const answer = answerAlone(process.argv.slice(2), commands, __VERSION__);
if (answer === null) {
  await import('./main.ts');
} else {
  // A reader such as `head` that has enough is no failure of ours.
  process.stdout.on('error', () => undefined);
  process.stdout.write(answer);
}
