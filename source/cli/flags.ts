// The flags of a command, as --help, completion and the man page have them.
import {descriptors} from '../parameters/parameters.ts';
import {flagDescription, flagSyntax} from '../parameters/help.ts';
import type {Command, Option} from './command.ts';
import {outputOptions, targetOptions} from './index.ts';

export interface FlagGroup {
  readonly heading: string;
  readonly options: readonly Option[];
}

/** The groups of flags that --help shows together. */
export function groupsOf(command: Command): readonly FlagGroup[] {
  const isChange = command.parameters === 'later';
  const parameters = descriptors
    .filter(({changes}) => (isChange ? changes === 'anytime' || changes === 'grows' : command.parameters))
    .flatMap(({flags}) => flags)
    .map((flag) => ({
      syntax: flagSyntax(flag),
      repeats: flag.repeats,
      help: uncapitalised(flagDescription(isChange ? {...flag, defaultText: null} : flag)),
    }));
  return [
    {heading: 'The database:', options: parameters},
    {heading: 'Flags:', options: command.options},
    {heading: 'The cluster:', options: targetOptions},
    {heading: 'Output:', options: outputOptions},
  ];
}

/** Puts the first letter in lower case, but not that of a word in capitals. */
function uncapitalised(text: string): string {
  return /^[A-Z][a-z ]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}
