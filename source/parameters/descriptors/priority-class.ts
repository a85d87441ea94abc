// Which pods get a place first where there is no room for all.
import {objectNameProblem} from '../identifiers.ts';
import {parameter, textOrNone, unlessNone} from '../parameter.ts';

export const priorityClass = parameter<'priorityClass', string, string | null>({
  key: 'priorityClass',
  label: 'Priority class',
  hint: 'A PriorityClass of the cluster: pods of a lower one give way to the database. none: it has none.',
  defaultText: 'none',
  changes: 'anytime',
  form: 'placement',
  flags: [{name: '--priority-class', argument: 'name'}],
  parse: textOrNone(objectNameProblem),
  resolve: unlessNone,
});
