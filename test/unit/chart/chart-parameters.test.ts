// Each parameter alone: what an operator writes comes back from the values of the release as it was meant.
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {ownedPaths} from '../../../source/chart/owned.ts';
import {chartEntries} from '../../../source/chart/parameters/index.ts';
import {leaves} from '../../../source/chart/tree.ts';
import {fromValues, toValues} from '../../../source/chart/values.ts';
import {answersFromEnvironment, answersFromFlags} from '../../../source/parameters/answers.ts';
import {parseAnswersFile, serializeAnswersFile} from '../../../source/parameters/answers-file.ts';
import {asExtraValues} from '../../../source/chart/extra-values.ts';
import {flagsFor} from '../../../source/parameters/help.ts';
import {descriptorOf, descriptors, type Answers, type Parameters} from '../../../source/parameters/parameters.ts';
import {answersFrom, resolve} from '../../../source/parameters/resolve.ts';
import {parameters} from '../../support/arbitrary-parameters.ts';

const answered = descriptors.filter(({inFile}) => inFile !== null && inFile !== 'values');
const valueOf = (wanted: Parameters, key: string): unknown => (({...wanted}) as Record<string, unknown>)[key];
/** Where these parameters are wanted, everything may be asked for. */
const placeFor = ({allowFrom}: Parameters) => ({
  nodes: null,
  storageClasses: null,
  cloud: allowFrom.kind === 'internal' ? allowFrom.cloud : null,
});
/** They come from a file. */
const withoutValues = (answers: Answers): Answers =>
  Object.fromEntries(Object.entries(answers).filter(([key]) => key !== 'extraValues'));
/** As commander gives the options. */
function optionsOf(args: readonly string[]): Record<string, unknown> {
  const flags = descriptors.flatMap((one) => one.flags);
  const options: Record<string, unknown> = {};
  args.forEach((arg, index) => {
    const flag = flags.find(({name}) => name === arg);
    if (!flag) return;
    const given = flag.argument === null ? true : args[index + 1];
    const before = (options[flag.option] ?? []) as readonly unknown[];
    options[flag.option] = flag.repeats ? [...before, given] : given;
  });
  return options;
}

describe.each(answered.map(({key}) => key))('%s', (key) => {
  const descriptor = descriptorOf(key);

  it('is the same from its text, through the values of a release, and back', () => {
    fc.assert(
      fc.property(parameters, (wanted) => {
        // It has no tag by itself.
        fc.pre(wanted.images.source !== 'bitnamisecure');
        const answer = descriptor.toAnswer(valueOf(wanted, key));
        if (answer === undefined) return;
        const text = descriptor.format(answer);
        const parsed = descriptor.parse(text);
        expect(parsed).toHaveProperty('value');
        const spoken = {...answersFrom(wanted), ...('value' in parsed ? {[key]: parsed.value} : {})} as Answers;
        const resolved = resolve(spoken, placeFor(wanted));
        const read = fromValues(toValues(resolved, {fullname: 'orders-postgresql'}));
        if (read === null) throw new Error('the values cannot be read back');
        expect(valueOf(read, key)).toEqual(valueOf(resolved, key));
        expect(descriptor.format(descriptor.toAnswer(valueOf(read, key)))).toBe(text);
      }),
      {numRuns: 50},
    );
  });

  it('writes nothing that it does not own, and reads what it wrote', () => {
    const [, chart] = chartEntries().find(([name]) => name === key) ?? [];
    if (!chart) throw new Error(`the chart knows no ${key}`);
    fc.assert(
      fc.property(parameters, (wanted) => {
        const written = chart.write(valueOf(wanted, key), {fullname: 'orders-postgresql'}, wanted);
        for (const {path} of leaves(written)) {
          const paths = [...ownedPaths, ...(chart.shares ?? []), ...(chart.ownsIn?.(written) ?? [])];
          const isOwned = paths.some((one) => one.path.every((part, index) => path[index] === part));
          expect(isOwned, path.join('.')).toBe(true);
        }
        const values = toValues(wanted, {fullname: 'orders-postgresql'});
        expect(chart.read(values)).toEqual(valueOf(wanted, key));
      }),
      {numRuns: 30},
    );
  });
});

describe('flags, variables and the answers file', () => {
  it('say the same, each alone', () => {
    fc.assert(
      fc.property(parameters, (wanted) => {
        const answers = withoutValues(answersFrom(wanted));
        expect(answersFromFlags(optionsOf(flagsFor(answers)))).toEqual(answers);
        const file = serializeAnswersFile({target: {}, chart: {}, parameters: {...wanted, extraValues: {}}});
        expect(parseAnswersFile(file, 'a.yaml', asExtraValues).answers).toEqual(answers);
      }),
      {numRuns: 100},
    );
  });

  it('have a variable for each parameter', () => {
    fc.assert(
      fc.property(parameters, (wanted) => {
        const {images, backup, ...answers} = withoutValues(answersFrom(wanted));
        const environment = Object.fromEntries(
          Object.entries(answers).map(([key, answer]) => {
            const {variables} = descriptorOf(key);
            return [variables[0]?.name ?? '', descriptorOf(key).format(answer)];
          }),
        );
        expect(answersFromEnvironment(environment, [])).toEqual(answers);
        expect(answersFromEnvironment({PGHI_IMAGES: images?.source ?? ''}, [])).toEqual({
          images: {source: images?.source},
        });
        const {schedule = 'off'} = backup ?? {};
        expect(answersFromEnvironment({PGHI_BACKUP: schedule}, [])).toEqual({backup: {schedule}});
      }),
      {numRuns: 50},
    );
  });
});
