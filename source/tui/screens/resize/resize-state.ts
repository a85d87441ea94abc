// Typing a resize: the state of the screen, its request, its entry in the menu. Pure.
import type {Status} from '../../../client/questions/status.ts';
import {joinAnswers, type Answers} from '../../../parameters/answers.ts';
import {descriptorOf, type Parameters} from '../../../parameters/parameters.ts';
import type {RequestOf} from '../../../commands/operation.ts';
import type {ScreenEntry} from '../shared/menu-entry.ts';

export const resizeRows = ['cpu', 'memory', 'instanceType', 'storageSize'] as const;
export type ResizeRow = (typeof resizeRows)[number];
type Typed = Readonly<Record<ResizeRow, string>>;

/** The sizes as they were typed; `row` takes keys. */
export interface ResizeState extends Typed {
  readonly name: 'resize';
  readonly row: ResizeRow;
}

/** Null: plain helm made the release, so it is not ours. */
export function resizeEntry({parameters}: Status): ScreenEntry<ResizeState> | null {
  if (!parameters) return null;
  const {cpu, memory, instanceType, storageSize} = parameters;
  const state = {row: 'cpu', cpu, memory, instanceType, storageSize} as const;
  return {key: 'r', label: 'resize', does: {show: {name: 'resize', ...state}}};
}

/** Only what differs from what is: another type of node brings its own CPU and memory, unless they are typed too. */
export function sizesOf(typed: Typed, now: Parameters | null): Pick<Answers, ResizeRow> {
  const changed = resizeRows.filter((key) => typed[key].trim() !== now?.[key]);
  return changed.reduce<Answers>((answers, key) => {
    const parsed = descriptorOf(key).parse(typed[key].trim());
    return 'value' in parsed ? joinAnswers(answers, {[key]: parsed.value}) : answers;
  }, {});
}

export function resizeAsked(typed: Typed, status: Status | null): RequestOf<'resize'> {
  return {kind: 'resize', sizes: sizesOf(typed, status?.parameters ?? null)};
}

/** Identifies what a plan is for: with another key the plan is void. */
export function resizeKeyOf(typed: Typed): string {
  return ['resize', ...resizeRows.map((row) => typed[row])].join(' ');
}

/** What is wrong, with the name of the field; null where nothing is. */
export function resizeProblem(typed: Typed): string | null {
  const problems = resizeRows.flatMap((key) => {
    const parsed = descriptorOf(key).parse(typed[key].trim());
    return 'problem' in parsed ? [`${descriptorOf(key).label}: ${parsed.problem}`] : [];
  });
  return problems[0] ?? null;
}
