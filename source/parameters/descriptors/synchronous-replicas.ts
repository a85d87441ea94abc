// How many readers must have a commit before it is acknowledged.
import {badInput} from '../../core/cause.ts';
import {parameter, type Others} from '../parameter.ts';
import {ownSettingsIn} from './extra-values.ts';

const flag = '--synchronous-replicas';

export const synchronousReplicas = parameter<'synchronousReplicas', number, number>({
  key: 'synchronousReplicas',
  label: 'Synchronous',
  hint: 'How many readers have each commit before it is acknowledged; fewer than there are readers.',
  defaultText: '0',
  changes: 'anytime',
  form: 'settings',
  flags: [{name: flag, argument: 'n'}],
  parse: (text) => {
    const count = /^\s*\d{1,2}\s*$/.test(text) ? Number(text) : NaN;
    return count <= 14
      ? {value: count}
      : {problem: `"${text}" is not a number of readers. Use a whole number from 0 to 14.`};
  },
  resolve(answer = 0, others) {
    const {readReplicaCount = 0, postgresConfig} = others;
    const own = ownSettingsIn(others);
    if (answer > 0 && own !== null)
      throw badInput(
        `${flag} and ${own} of the file for --values exclude each other: one of them would be lost. Take ${own} out ` +
          'of the file.',
      );
    const readers = Number(readReplicaCount);
    if (answer > 0 && answer >= readers)
      throw badInput(
        `${flag} ${answer} needs ${answer + 1} readers or more, and there are to be ${readers}: with one reader ` +
          `away, every write would wait. Give --read-replicas ${answer + 1}, or a smaller ${flag}.`,
      );
    const level = commitLevelIn(postgresConfig);
    if (answer > 0 && (level === 'off' || level === 'local'))
      throw badInput(
        `${flag} ${answer} and --postgres-config synchronous_commit=${level} exclude each other: commits would not ` +
          'wait for any reader. Leave one of them out.',
      );
    return answer;
  },
  toAnswer: (value) => (value === 0 ? undefined : value),
});

function commitLevelIn(config: Others[string]): string | null {
  const {synchronous_commit: level = null} = (config ?? {}) as Readonly<Record<string, string | null>>;
  return level?.toLowerCase() ?? null;
}
