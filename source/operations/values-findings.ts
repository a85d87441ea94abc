// What is said of extra values before they are used: those that nothing reads, and those that look like secrets.
import {cause, type Cause, type Warning} from '../core/cause.ts';
import {secretsIn} from '../chart/secrets-in-values.ts';
import {unreadValues, type UnreadValue} from '../chart/unread-values.ts';
import {listed} from '../observation/checks/messages.ts';
import type {Parameters} from '../parameters/parameters.ts';
import type {Chart, HelmPort} from './ports/helm.ts';

export interface ValuesFindings {
  readonly warnings: readonly Warning[];
  /** The cause where values that nothing reads are refused; null: there are none, or they only get a warning. */
  readonly refusal: Cause | null;
}

const maxNamed = 10;

/** The chart is asked only where there are extra values. */
export async function valuesFindings(
  {extraValues}: Pick<Parameters, 'extraValues'>,
  chart: Chart,
  {helm}: Pick<HelmPort, 'helm'>,
  {isStrict}: {readonly isStrict: boolean},
): Promise<ValuesFindings> {
  if (Object.keys(extraValues).length === 0) return {warnings: [], refusal: null};
  const unread = unreadValues(extraValues, await helm.chartValues(chart));
  const message = unread.length === 0 ? null : unreadMessage(unread, chart);
  const secrets = secretsWarning(secretsIn(extraValues));
  return {
    warnings: [...(message === null || isStrict ? [] : [{code: 'VALUES_UNREAD', message} as const]), ...secrets],
    refusal:
      message === null || !isStrict
        ? null
        : cause('VALUES_UNREAD', message, {
            remedies: [{title: 'Correct the keys, or take them out of the file given with --values'}],
          }),
  };
}

function unreadMessage(unread: readonly UnreadValue[], {version}: Chart): string {
  const named = unread
    .slice(0, maxNamed)
    .map(({path, instead}) => `${path}${instead === null ? '' : ` (the chart reads ${instead})`}`);
  const more = unread.length - named.length;
  return (
    `No template of the chart ${version} reads ${listed(named)}${more > 0 ? `, nor ${more} more` : ''}: ` +
    `${unread.length === 1 ? 'it has' : 'they have'} no effect.`
  );
}

function secretsWarning(paths: readonly string[]): readonly Warning[] {
  if (paths.length === 0) return [];
  return [
    {
      code: 'SECRET_IN_VALUES',
      message:
        `${listed(paths.slice(0, maxNamed))} of the extra values ${paths.length === 1 ? 'looks' : 'look'} like a ` +
        'secret. Helm keeps values in clear text in its record, and whoever may read that has it: put it into a ' +
        'Secret of your own, and name that (valueFrom.secretKeyRef, initdb.scriptsSecret).',
    },
  ];
}
