// completion: prints the script for a shell.
import {badInput} from '../../core/cause.ts';
import type {Run} from '../command.ts';
import {isShell, scripts} from './scripts.ts';

export const runCompletion: Run = async ({words, output, reporter, stdout}) => {
  const [shell = '', more] = words;
  if (!isShell(shell)) throw badInput(`completion: "${shell}" is none of bash, zsh, fish, powershell.`);
  if (more !== undefined) throw badInput('completion takes the name of one shell.');
  const script = scripts[shell];
  if (output === 'text') stdout.write(script);
  else reporter.answer({operation: 'completion', shell, script}, () => []);
  return 0;
};
