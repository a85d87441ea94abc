// The reporter for a format and the flags that say how lines look.
import {writeSync} from 'node:fs';
import {wantsLines} from '../../core/accessible.ts';
import {lookOf} from '../../core/signs.ts';
import {jsonReporter} from './json-reporter.ts';
import type {OutputFormat, Reporter} from './reporter.ts';
import {textReporter} from './text/text-reporter.ts';

interface LineFlags {
  readonly noColour: boolean;
  readonly verbose: boolean;
  readonly plain: boolean;
}

/** `reach` makes a proposed command reach the cluster that this run is about. */
export function createReporter(
  output: OutputFormat,
  {noColour, verbose, plain}: LineFlags,
  reach?: (command: string) => string,
): Reporter {
  const {stdout, stderr} = process;
  if (output !== 'text') return jsonReporter(output, {stdout, stderr, writeNow: (text) => writeSync(stdout.fd, text)});
  const look = lookOf(process.env, process.stdout.isTTY === true, noColour);
  return textReporter(process, {...look, plots: !wantsLines(process.env, plain)}, verbose, reach);
}
