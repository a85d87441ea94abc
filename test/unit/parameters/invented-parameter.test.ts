// A parameter that exists in this test alone: its descriptor and what the chart calls it are all that is added, and it
// is found wherever parameters are.
import {beforeAll, describe, expect, it} from 'vitest';
import {chartParameters} from '../../../source/chart/parameters/index.ts';
import {optionalTextInBoth} from '../../../source/chart/parameters/chart-parameter.ts';
import {at} from '../../../source/chart/tree.ts';
import {objectNameProblem} from '../../../source/parameters/identifiers.ts';
import {parameter, textAnswer, type Parameter} from '../../../source/parameters/parameter.ts';
import {descriptors, type Answers, type Parameters} from '../../../source/parameters/parameters.ts';

const schedulerName = parameter<'schedulerName', string, string | null>({
  key: 'schedulerName',
  label: 'Scheduler',
  hint: 'The scheduler of the pods.',
  defaultText: 'none',
  changes: 'anytime',
  form: 'placement',
  flags: [{name: '--scheduler', argument: 'name'}],
  parse: textAnswer(objectNameProblem),
  resolve: (answer) => answer ?? null,
});

const said = {schedulerName: 'important'} as Answers;
let ordinary: Parameters;
let wanted: Parameters;
const flag = '--scheduler';

// What is derived when a file is loaded is derived with it: everything else is loaded after this.
beforeAll(async () => {
  (descriptors as Parameter[]).push(schedulerName);
  Object.assign(chartParameters, {schedulerName: optionalTextInBoth(schedulerName, 'schedulerName')});
  ({ordinary} = await import('../../support/arbitrary-parameters.ts'));
  wanted = {...ordinary, schedulerName: 'important'} as Parameters;
});

describe('an invented parameter', () => {
  it('is a row of the form, with what was given, and an answer of it', async () => {
    const form = await import('../../../source/tui/screens/parameters/form.ts');
    const opened = form.openForm(said, null);
    expect(form.rowsOf({release: null, unfolded: true, open: new Set(['placement'])})).toContain('schedulerName');
    expect(opened.texts).toMatchObject({schedulerName: 'important'});
    expect(form.answersOf(opened)).toEqual(said);
    const wrong = {...opened, texts: {...opened.texts, schedulerName: 'No!'}};
    expect(form.firstProblem(wrong)).toMatchObject({key: 'schedulerName', problem: expect.stringContaining('No!')});
    const {defaultText} = await import('../../../source/tui/screens/parameters/summary.ts');
    expect(defaultText('schedulerName', {parameters: ordinary}, null)).toBe('none');
  });

  it('is asked for by the form of a release; "none" is not taken for a name', async () => {
    const settings = await import('../../../source/tui/screens/settings/settings-state.ts');
    const {formReducer} = await import('../../../source/tui/screens/parameters/form.ts');
    const nowhere = {nodes: null, storageClasses: null, cloud: null};
    const opened = settings.openSettings(ordinary);
    const typed = formReducer(opened, {type: 'type', key: 'schedulerName', text: 'important'});
    expect(settings.settingsAsked(typed, nowhere).answers).toEqual(said);
    expect(schedulerName.toChange(undefined, 'important', {}, nowhere)).toBeUndefined();
  });

  it.each([
    ['install', '--scheduler <name> +the scheduler of the pods \\(default: none\\)'],
    ['set', '--scheduler <name> +the scheduler of the pods\\n'],
  ])('is in the help of %s', async (command, line) => {
    const {parseCommandLine} = await import('../../../source/cli/parse.ts');
    const {commands} = await import('../../../source/cli/index.ts');
    const help = parseCommandLine([command, '--help'], commands, '1.0.0');
    expect(help).toMatchObject({kind: 'text', text: expect.stringMatching(new RegExp(line))});
  });

  it('is a flag and a variable, and in the equivalent command', async () => {
    const {answersFromEnvironment, answersFromFlags} = await import('../../../source/parameters/answers.ts');
    const {flagsFor} = await import('../../../source/parameters/help.ts');
    expect(answersFromFlags({scheduler: 'important'})).toEqual(said);
    expect(() => answersFromFlags({scheduler: 'No!'})).toThrow(`${flag}: "No!"`);
    expect(answersFromEnvironment({PGHI_SCHEDULER_NAME: 'important'}, [])).toEqual(said);
    expect(flagsFor(said)).toEqual([flag, 'important']);
  });

  it('is kept by the answers file, and by resolving', async () => {
    const {parseAnswersFile, serializeAnswersFile} = await import('../../../source/parameters/answers-file.ts');
    const {answersFrom, resolve} = await import('../../../source/parameters/resolve.ts');
    const {asExtraValues} = await import('../../../source/chart/extra-values.ts');
    const file = serializeAnswersFile({target: {}, chart: {}, parameters: wanted});
    const {answers} = parseAnswersFile(file, 'answers.yaml', asExtraValues);
    expect(answers).toMatchObject(said);
    expect(answers).toEqual({...answersFrom(wanted), extraValues: undefined});
    expect(resolve(answers, {nodes: null, storageClasses: null, cloud: null})).toEqual(wanted);
  });

  it('is in the values of writer and readers, and read back from them', async () => {
    const {fromValues, toValues} = await import('../../../source/chart/values.ts');
    const values = toValues(wanted, {fullname: 'orders-postgresql'});
    expect(at(values, ['primary', 'schedulerName'])).toBe('important');
    expect(at(values, ['readReplicas', 'schedulerName'])).toBe('important');
    expect(fromValues(values)).toEqual(wanted);
    expect(fromValues(toValues(ordinary, {fullname: 'orders-postgresql'}))).toEqual({...ordinary, schedulerName: null});
  });

  it('is not to be set beside its flag, and marked as an answer in the preview', async () => {
    const {checkExtraValues} = await import('../../../source/chart/owned.ts');
    const {toValues} = await import('../../../source/chart/values.ts');
    const {markedValues} = await import('../../../source/chart/marked-values.ts');
    expect(() => checkExtraValues({primary: {schedulerName: 'x'}})).toThrow(`use ${flag} instead`);
    const lines = markedValues(toValues(wanted, {fullname: 'orders-postgresql'}), said);
    const own = lines.filter(({text}) => text.includes('schedulerName'));
    expect(own.map(({mark}) => mark)).toEqual(['your answer', 'your answer']);
  });

  it('is told of a release that has another one', async () => {
    const {differences} = await import('../../../source/observation/checks/differences.ts');
    const {goodSurvey, wantedWith} = await import('../../support/fakes/survey.ts');
    const explicit = new Set(['schedulerName'] as unknown as (keyof Parameters)[]);
    const found = differences(goodSurvey(), wantedWith({parameters: wanted, explicit}), ordinary);
    expect(found).toEqual([{flag, text: 'schedulerName is none, asked important (--scheduler)'}]);
  });
});
