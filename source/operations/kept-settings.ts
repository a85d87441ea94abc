// Which settings the volumes of an earlier release demand of a new one: a reader does not start with less than its
// writer had last.
import {imageReference} from '../chart/image.ts';
import {settingsIn, type RequiredSetting, type RequiredSettings} from '../chart/required-settings.ts';
import {toValues} from '../chart/values.ts';
import {cause, type Cause, type Warning} from '../core/cause.ts';
import {render} from '../commands/command-line.ts';
import {releaseRef} from '../commands/operation.ts';
import {takenClaims} from '../observation/checks/claims.ts';
import {releaseExists} from '../observation/checks/existing-release.ts';
import {listed, object} from '../observation/checks/messages.ts';
import {podPlacement} from '../observation/place.ts';
import type {Survey} from '../observation/survey.ts';
import type {Answers} from '../parameters/answers.ts';
import type {Parameters} from '../parameters/parameters.ts';
import {below, largest} from '../plan/restart-order.ts';
import {rethrowBug} from './converge.ts';
import type {StoragePort} from './ports/storage.ts';

export interface AskedSettings {
  readonly survey: Survey;
  readonly parameters: Parameters;
  /** What the operator said, as opposed to what was filled in. */
  readonly answers: Answers;
  readonly chart: {readonly source: string; readonly version: string};
  /** Nothing is made, not even a pod that only reads. */
  readonly dryRun: boolean;
  /** The equivalent command. */
  readonly commandFor: (parameters: Parameters) => string;
}

interface KeptSettings {
  /** The parameters, with what the volumes need. */
  readonly parameters: Parameters;
  readonly warnings: readonly Warning[];
  /** Why the install is refused; null: it is not. */
  readonly refusal: Cause | null;
  /** For the plan; null: nothing is needed, or known. */
  readonly sentence: string | null;
}

/**
 * Gives the release what its volumes need, where nobody asked for less. A volume that cannot be read demands nothing.
 */
export async function withKeptSettings(asked: AskedSettings, ports: StoragePort): Promise<KeptSettings> {
  const {parameters, dryRun} = asked;
  const nothing = {parameters, warnings: [], refusal: null, sentence: null};
  const claims = claimsToRead(asked);
  if (claims.length === 0) return nothing;
  if (dryRun) return {...nothing, sentence: readFirst};
  const needed = largest(...(await read(asked, claims, ports)));
  const lacking = lackingIn(asked, parameters, needed);
  if (lacking.length === 0) return nothing;
  const carried = carriedIn(parameters, lacking, needed);
  const left = lackingIn(asked, carried, needed);
  const isAsked = lacking.some((name) => typeof asked.answers.postgresConfig?.[name] === 'string');
  if (isAsked || left.length > 0) return {...nothing, refusal: refusalOf(asked, {lacking, needed, carried, left})};
  const sentence = sentenceOf(asked, lacking, needed);
  return {parameters: carried, refusal: null, sentence, warnings: [{code: 'SETTINGS_CARRIED', message: sentence}]};
}

const readFirst =
  'The readers need settings at least as large as their writer had when it ran last: those are read from the volumes ' +
  'that are there before anything is installed, and kept.';

/** The claims of the writer and of the readers; empty where no reader would start on a volume of before. */
function claimsToRead({survey, parameters, chart}: AskedSettings): readonly string[] {
  if (releaseExists(survey)) return [];
  const taken = takenClaims(survey, {parameters, target: survey.target, existing: null, chart});
  if (taken === null || taken.writer === null || taken.readers.length === 0) return [];
  return [taken.writer, ...taken.readers].map(({metadata}) => metadata.name);
}

/**
 * A user who may not make pods, or has no room for one, installs without this: a reader that does not start says why.
 */
async function read(
  {parameters}: AskedSettings,
  claims: readonly string[],
  ports: StoragePort,
): Promise<readonly RequiredSettings[]> {
  const {images} = parameters;
  const {tolerations = []} = podPlacement(parameters);
  try {
    return await ports.keptSettings({
      claims,
      image: imageReference(images),
      pullSecret: images.pullSecret,
      tolerations,
    });
  } catch (error) {
    rethrowBug(error);
    return [];
  }
}

function lackingIn(
  {survey}: AskedSettings,
  parameters: Parameters,
  needed: RequiredSettings,
): readonly RequiredSetting[] {
  return below(settingsIn(toValues(parameters, survey.target)).reader, needed);
}

function carriedIn(parameters: Parameters, lacking: readonly RequiredSetting[], needed: RequiredSettings): Parameters {
  const settings = lacking.map((name) => [name, String(needed[name] ?? '')] as const);
  const all = Object.entries({...parameters.postgresConfig, ...Object.fromEntries(settings)});
  return {...parameters, postgresConfig: Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1)))};
}

function assigned(names: readonly RequiredSetting[], needed: RequiredSettings): string {
  return listed(names.map((name) => `${name}=${needed[name] ?? ''}`));
}

function sentenceOf(
  {survey: {target}}: AskedSettings,
  lacking: readonly RequiredSetting[],
  needed: RequiredSettings,
): string {
  const postgresConfig = Object.fromEntries(lacking.map((name) => [name, null]));
  const back = render({kind: 'set', ...releaseRef(target), answers: {postgresConfig}, valuesFile: null});
  return (
    `${assigned(lacking, needed)} ${lacking.length === 1 ? 'is' : 'are'} set as before: the writer whose data is on ` +
    'these volumes had that, and its readers do not start with less. When they stream it can be taken back: ' +
    back
  );
}

interface Lack {
  readonly lacking: readonly RequiredSetting[];
  readonly needed: RequiredSettings;
  readonly carried: Parameters;
  /** What the readers lack even then, because a text in the file for --values sets it. */
  readonly left: readonly RequiredSetting[];
}

function refusalOf({survey: {target}, commandFor}: AskedSettings, {lacking, needed, carried, left}: Lack): Cause {
  return cause(
    'LEFTOVER_VOLUME',
    `The readers of ${target.release} would not start on the volumes that are there: their writer had ` +
      `${assigned(lacking, needed)}, and what was asked for is less. Nothing was changed.`,
    {
      object: object('Release', target, target.release),
      remedies: [
        left.length > 0
          ? {
              title:
                `Put ${assigned(left, needed)} into primary.extendedConfiguration and ` +
                'readReplicas.extendedConfiguration of the file for --values; take it back when the readers stream',
            }
          : {
              title: 'Install with what they need, and set it lower when the readers stream',
              command: commandFor(carried),
            },
      ],
    },
  );
}
