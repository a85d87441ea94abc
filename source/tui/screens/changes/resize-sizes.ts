// What was typed on the screen of a resize, as what is wanted. Pure.
import {joinAnswers, type Answers} from '../../../parameters/answers.ts';
import {descriptorOf, type Parameters} from '../../../parameters/parameters.ts';
import {resizeRows, type ResizeRow} from '../../screens.ts';

/** Only what differs from what is: another type of node brings its own CPU and memory, unless they are typed too. */
export function sizesOf(typed: Readonly<Record<ResizeRow, string>>, now: Parameters | null): Pick<Answers, ResizeRow> {
  const changed = resizeRows.filter((key) => typed[key].trim() !== now?.[key]);
  return changed.reduce<Answers>((answers, key) => {
    const parsed = descriptorOf(key).parse(typed[key].trim());
    return 'value' in parsed ? joinAnswers(answers, {[key]: parsed.value}) : answers;
  }, {});
}
