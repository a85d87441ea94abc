// Makes Ink obey NO_COLOR and --no-color, which chalk does not, and take the 256 colours where theme.ts does. Import it
// before anything that imports ink: chalk decides when it is loaded, and in a bundle only `await import()` keeps the
// order.
import {has256Colours} from '../core/colours.ts';

export function withoutColour(
  environment: Readonly<Record<string, string | undefined>>,
  args: readonly string[],
): boolean {
  // https://no-color.org: NO_COLOR counts when it is set and not empty.
  return Boolean(environment['NO_COLOR']) || args.includes('--no-color') || environment['TERM'] === 'dumb';
}

if (withoutColour(process.env, process.argv)) process.env['FORCE_COLOR'] = '0';
else if (process.stdout.isTTY && has256Colours(process.env)) process.env['FORCE_COLOR'] ??= '2';
