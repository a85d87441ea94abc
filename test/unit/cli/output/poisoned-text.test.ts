// Plain lines, with escape sequences in every word of the cluster: what a terminal would obey does not come through.
import {beforeEach, expect, it} from 'vitest';
import {statusOf, type Status} from '../../../../source/client/questions/status.ts';
import {originLines} from '../../../../source/cli/output/text/origin-lines.ts';
import {statusLines} from '../../../../source/cli/output/text/status-lines.ts';
import {textReporter} from '../../../../source/cli/output/text/text-reporter.ts';
import {findCauses} from '../../../../source/observation/causes/index.ts';
import type {Plan, Progress, Result} from '../../../../source/plan/progress.ts';
import {evil, foreignControls, poison} from '../../../support/screens/poison.ts';
import {recorded, recordedNames} from '../../observation/recorded.ts';
import {done, imageNotFound, progress} from './result.ts';

let written: string;
beforeEach(() => void (written = ''));
const stream = {write: (text: string) => (written += text)};
const reporter = textReporter({stdout: stream, stderr: stream}, {colour: true, unicode: true}, true);
const poisoned = <Told>(told: Told): Told => poison(told) as Told;
const nowhere = {release: null, namespace: null, context: null};
const plan: Plan = {
  consequences: [{code: 'CREATE', object: 'StatefulSet/a', sentence: 'It is made.'}],
  steps: [],
  values: {},
  manifests: '',
  command: 'pg-helm-install install orders',
};

it.each<[string, () => void]>([
  ['tracks, events and warnings', () => progress.forEach((step: Progress) => reporter.progress(poisoned(step)))],
  ['a result that is good', () => reporter.result(poisoned({...done, notes: ['a note']}))],
  [
    'a result with a cause',
    () => reporter.result(poisoned<Result>({...done, outcome: 'failed', cause: imageNotFound})),
  ],
  ['a dry run', () => reporter.result(poisoned<Result>({...done, outcome: 'planned', plan}))],
  ['a plan', () => reporter.plan(poisoned(plan))],
  ['a failure', () => reporter.failure('install', 'failed', poisoned(imageNotFound), nowhere)],
  ['any other line', () => reporter.tell({}, () => [`a word${evil}`, `\u001b[35mno colour of ours\u001b[38;5;1m`])],
  ['an answer', () => reporter.answer({}, () => [`a word${evil}`])],
  [
    'a release that is not ours',
    () => {
      const refusal = poisoned(imageNotFound);
      const origin = {madeBy: 'helm', shape: 'standalone', steeredBy: null, refusal, memoryAsked: null} as const;
      const lines = originLines(origin, {release: 'orders', namespace: 'team-a'});
      written = lines.join('\n');
    },
  ],
  [
    'a release that is not ours, and lacks a limit of memory',
    () => {
      const memoryAsked = {suggestion: '512Mi', why: `${evil} uses 210 MiB`};
      const origin = {madeBy: 'helm', shape: 'standalone', steeredBy: null, refusal: null, memoryAsked} as const;
      const lines = originLines(origin, {release: 'orders', namespace: 'team-a'});
      written = lines.join('\n');
    },
  ],
])('%s', (_what, print) => {
  print();
  expect(written).not.toBe('');
  expect(foreignControls(written)).toEqual([]);
});

it.each(recordedNames)('the status of %s', (name) => {
  const snapshot = recorded(name);
  const status = statusOf({...snapshot, database: snapshot.database.filter(({kind}) => kind !== 'usage')});
  if (!status) return expect.fail(`the recorded snapshot ${name} has no status`);
  const spoilt = {...poisoned<Status>(status), claims: status.claims, spareClaims: status.spareClaims};
  written = statusLines(spoilt, snapshot.takenAt, (command) => command).join('\n');
  expect(foreignControls(written)).toEqual([]);
  for (const {cause} of findCauses(snapshot)) reporter.failure('status', 'failed', poisoned(cause), nowhere);
  expect(foreignControls(written)).toEqual([]);
});

it('our own look and tabs stay', () => {
  reporter.answer({}, () => ['\u001b[1mbold\u001b[0m \u001b[31mred\u001b[0m\ta tab']);
  expect(written).toBe('\u001b[1mbold\u001b[0m \u001b[31mred\u001b[0m\ta tab\n');
});
