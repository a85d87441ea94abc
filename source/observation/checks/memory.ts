// Whether the database gets enough memory to run, and enough for what its settings make it use.
import {settingsByName} from '../../chart/configuration-text.ts';
import {at} from '../../chart/tree.ts';
import type {Parameters} from '../../parameters/parameters.ts';
import {bytesOf} from '../../parameters/quantity.ts';
import {memoryOfPods, smallestRoom} from '../../parameters/readers.ts';
import {beyondMemory, overcommitted, podMemories} from '../../parameters/settings-room.ts';
import {sizedSettings} from '../../parameters/sized-settings.ts';
import {refuse, warn, type CheckRule} from './rule.ts';

const enough = '512Mi';

/** Idle with pgaudit, PostgreSQL takes about 250 MiB. Measured with the chart's image. */
export const memory: CheckRule = (_survey, {parameters}) => {
  const pods = memoryOfPods(parameters);
  return pods
    .filter((one) => bytesOf(one.memory) < bytesOf(enough))
    .map((one) =>
      warn(
        'SMALL_MEMORY',
        `${one.memory} of memory is little${pods.length === 1 ? '' : ` for ${one.who}`}: idle, the database takes ` +
          `about 250Mi of it. From ${enough} on there is room for work.`,
      ),
    );
};

/** An existing release that has such settings already may still change in other ways. */
export const settingsRoom: CheckRule = (_survey, {parameters, existing}) => {
  const chosen = chosenIn(parameters);
  const pods = memoryOfPods(parameters);
  const problem = beyondMemory(chosen, pods);
  if (problem !== null) {
    return existing !== null && hadAll(existing, parameters)
      ? [warn('SETTINGS_EXCEED_MEMORY', problem)]
      : [refuse('BAD_INPUT', `--postgres-config: ${problem} Nothing was changed.`)];
  }
  const sized = parameters.sizing === 'auto' ? sizedSettings(smallestRoom(parameters)) : {};
  const warning = overcommitted(chosen, {...sized, ...chosen}, pods);
  return warning === null ? [] : [warn('SETTINGS_EXCEED_MEMORY', warning)];
};

/** Whether each pod had the same problem before. Readers that are new are compared with the earlier writer. */
function hadAll(existing: Parameters, desired: Parameters): boolean {
  const problems = (parameters: Parameters) =>
    memoryOfPods(parameters).map(({memory}) => beyondMemory(chosenIn(parameters), podMemories(memory, memory)));
  const [was, will] = [problems(existing), problems(desired)];
  return will.every((problem, index) => problem === null || problem === (was[index] ?? was[0]));
}

/** An adoption is not checked: what plain helm made is taken over as it runs. */
export const settingsRoomOfChange: CheckRule = (survey, desired) =>
  desired.existing === null ? [] : settingsRoom(survey, desired);

/** The settings that were chosen by flag, or in the text of a file for --values. */
function chosenIn({postgresConfig, extraValues}: Parameters): Readonly<Record<string, string>> {
  const text = at(extraValues, ['primary', 'extendedConfiguration']);
  const ofFile = typeof text === 'string' ? settingsByName(text) : null;
  return {...Object.fromEntries(ofFile ?? []), ...postgresConfig};
}
