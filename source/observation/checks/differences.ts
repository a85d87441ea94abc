// What was asked explicitly and differs from the release that exists.
import {sameValues} from '../../chart/same-values.ts';
import {at} from '../../chart/tree.ts';
import type {Parameter} from '../../parameters/parameter.ts';
import {descriptorOf, type Parameters} from '../../parameters/parameters.ts';
import type {Survey} from '../survey.ts';
import type {InstallContext} from './rule.ts';

interface Difference {
  readonly flag: string;
  /** `storageSize is 20Gi, asked 50Gi (--storage-size)` */
  readonly text: string;
}

/** Only what the operator spoke about counts; what was filled in follows the release. */
export function differences(
  {secret}: Survey,
  {parameters, explicit, passwordGiven}: InstallContext,
  existing: Parameters,
): readonly Difference[] {
  const password = '--password-file or --password-stdin';
  return [
    ...[...explicit].flatMap((key) => differencesOf(key, existing, parameters)),
    ...(passwordGiven && secret?.passwordMatches === false
      ? [
          {
            flag: password,
            text: `the password is another than the one in Secret ${secret.name} (${password}, or PGHI_PASSWORD)`,
          },
        ]
      : []),
  ];
}

function differencesOf(key: keyof Parameters, existing: Parameters, asked: Parameters): readonly Difference[] {
  const descriptor = descriptorOf(key);
  if (descriptor.inFile === 'parts') return differentParts(descriptor, existing[key], asked[key]);
  const flag = descriptor.flagOf(asked[key]);
  if (key === 'extraValues') {
    // Not shown: they are long, and nobody promises that they hold nothing private.
    return sameValues(existing.extraValues, asked.extraValues)
      ? []
      : [{flag, text: `the extra values are others (${flag})`}];
  }
  return descriptor.isSame(existing[key], asked[key])
    ? []
    : [difference(key, descriptor.show(existing[key]), descriptor.show(asked[key]), flag)];
}

/** The differences of a parameter with a flag for each of its parts. */
function differentParts({key, flags}: Parameter, existing: unknown, asked: unknown): readonly Difference[] {
  return flags.flatMap(({name, part, defaultText}) => {
    const [is, desired] = [existing, asked].map(
      (value) => at(value, [part ?? '']) as string | number | null | undefined,
    );
    // A part that readers do not have is the writer's: that is not the same as having none.
    const text = (value: typeof is) => (value === undefined ? (defaultText ?? 'none') : String(value ?? 'none'));
    return (is ?? null) === (desired ?? null) ? [] : [difference(`${key}.${part}`, text(is), text(desired), name)];
  });
}

function difference(what: string, is: string, asked: string, flag: string): Difference {
  return {flag, text: `${what} is ${is}, asked ${asked} (${flag})`};
}
