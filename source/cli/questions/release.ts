// One release by questions: how it is, and what can be done with it, by number. Each choice is a command.
import {statusNow} from '../../client/questions/status-now.ts';
import type {Status} from '../../client/questions/status.ts';
import {UserError} from '../../core/cause.ts';
import {isReadOnly} from '../../core/read-only.ts';
import {fieldOf} from '../../parameters/fields.ts';
import {passwordRoles} from '../../commands/operation.ts';
import type {Invocation} from '../command.ts';
import {statusLines} from '../output/text/status-lines.ts';
import {printLines} from '../output/text/fit-lines.ts';
import {closeSession, openSession} from '../session.ts';
import {ask, choose} from './ask.ts';

/** The words and options of a command, as if they had been typed. */
interface Asked {
  readonly words?: readonly string[];
  readonly options?: Readonly<Record<string, unknown>>;
}

interface Entry {
  readonly label: string;
  readonly command: string;
  /** Absent: nothing has to be asked. */
  readonly ask?: (invocation: Invocation, status: Status) => Promise<Asked>;
  /** Absent: it makes sense for every release that we installed. */
  readonly works?: (status: Status) => boolean;
}

const always = () => true;
/** What kubectl applied has no record of helm, which these two read. */
const hasRecord = ({managedBy}: Status) => managedBy !== 'kubectl';
const hasReaders = ({readers, parameters}: Status) => parameters !== null && readers.wanted > 0;

const looks: readonly Entry[] = [
  {label: 'What is wrong, and why', command: 'doctor', works: always},
  {label: 'Where clients connect', command: 'endpoints'},
  {
    label: 'What the writer is doing, one look',
    command: 'top',
    ask: async () => ({options: {count: '1', every: '1s'}}),
  },
  {label: 'The last lines of the logs', command: 'logs', works: always, ask: async () => ({options: {tail: '20'}})},
  {label: 'The revisions', command: 'history', works: hasRecord},
];

const changes: readonly Entry[] = [
  {label: 'Go on with what was interrupted', command: 'recover', works: ({operation}) => operation?.alive === false},
  {
    label: 'Take it over, where it stands',
    command: 'adopt',
    works: ({parameters, steeredBy}) => parameters === null && steeredBy === null,
    ask: async (_invocation, {insideChart}) => ({options: insideChart === undefined ? {} : {detach: true}}),
  },
  {label: 'More or fewer readers', command: 'scale', ask: askReaders},
  {label: 'Other sizes', command: 'resize', ask: askSizes},
  {label: 'Another image', command: 'upgrade', ask: askImage},
  {label: 'Restart it, pod by pod', command: 'restart'},
  {label: 'Make a reader the writer', command: 'switchover', works: hasReaders, ask: askReader},
  {label: 'Replace a writer that is lost by a reader', command: 'failover', works: hasReaders, ask: askLost},
  {label: 'New passwords', command: 'rotate-password', ask: askRole},
  {label: 'Back to an earlier revision', command: 'rollback', ask: askRevision},
  {label: 'A backup now', command: 'backup', works: ({backup}) => backup !== null, ask: async () => ({words: ['run']})},
  {label: 'Remove it', command: 'uninstall', works: hasRecord, ask: askData},
];

/** Shows the release and runs what is chosen, again and again. @returns the exit code of the last command */
export async function askAboutRelease(
  invocation: Invocation,
  {name, namespace}: {readonly name: string; readonly namespace: string},
): Promise<number> {
  const about: Invocation = {...invocation, release: name, options: {...invocation.options, namespace}};
  let code = 0;
  for (;;) {
    const status = await showStatus(about);
    if (!status) {
      printLines(about.stdout, [`${name} is gone.`]);
      return code;
    }
    const entries = isReadOnly(about.environment) ? looks : [...looks, ...changes];
    const works = entries.filter(({works: isFor = ours}) => isFor(status));
    const labels = ['Look again', ...works.map(({label}) => label), 'Leave'];
    const chosen = await choose(about, 'What now', labels);
    const entry = works[chosen - 1];
    if (entry) code = await run(about, entry, status);
    else if (chosen > 0) return code;
  }
}

const ours = ({parameters}: Status) => parameters !== null;

/** @returns null when the release is gone */
async function showStatus(invocation: Invocation): Promise<Status | null> {
  const session = await openSession(invocation);
  const seen = await statusNow(session);
  closeSession(session);
  if (seen) printLines(invocation.stdout, statusLines(seen.status, seen.now, invocation.reach));
  return seen?.status ?? null;
}

/** A refusal is told, and something else can be chosen. @returns the exit code */
async function run(invocation: Invocation, {command: name, ask: asks}: Entry, status: Status): Promise<number> {
  const {words = [], options = {}} = asks ? await asks(invocation, status) : {};
  try {
    return await invocation.runCommand(name, {...invocation, words, options: {...invocation.options, ...options}});
  } catch (error) {
    if (!(error instanceof UserError) || invocation.signal.aborted) throw error;
    invocation.reporter.failure(name, 'refused', error.reason, invocation.where);
    return 1;
  }
}

async function askReaders(invocation: Invocation, {readers}: Status): Promise<Asked> {
  return {options: {readReplicas: await askField(invocation, 'readReplicaCount', String(readers.wanted))}};
}

/** Sizes that stay as they are do not become options. */
async function askSizes(invocation: Invocation, {parameters}: Status): Promise<Asked> {
  const options: Record<string, string> = {};
  for (const key of ['cpu', 'memory', 'storageSize', 'instanceType'] as const) {
    const now = String(parameters?.[key] ?? '');
    const said = await askField(invocation, key, now);
    if (said !== now) options[key] = said;
  }
  return {options};
}

async function askImage(invocation: Invocation, {parameters}: Status): Promise<Asked> {
  const {source, tag} = parameters?.images ?? {source: null, tag: null};
  const imageSource = await askField(invocation, 'images', source);
  if (imageSource !== source) return {options: {imageSource}};
  return {options: {imageTag: await askField(invocation, 'images.tag', tag)}};
}

async function askField(invocation: Invocation, key: string, now: string | null): Promise<string> {
  const field = fieldOf(key);
  const {label, hint} = field;
  printLines(invocation.stdout, [hint]);
  return ask(invocation, label, now, (said) => {
    const parsed = field.parse(said);
    return 'problem' in parsed ? parsed.problem : null;
  });
}

async function askReader(invocation: Invocation, {pods}: Status): Promise<Asked> {
  const readers = pods.filter(({role}) => role === 'reader');
  const words = readers.map(({name, node}) => `${name} on ${node ?? 'no node yet'}`);
  const chosen = await choose(invocation, 'Which reader', ['The one that is closest to the writer', ...words], 0);
  return {options: {to: readers[chosen - 1]?.name}};
}

async function askLost(invocation: Invocation): Promise<Asked> {
  const words = [
    "Nobody has looked after the machine of the writer's node",
    'It is off: somebody has made sure of that',
  ];
  return {options: {nodeIsOff: (await choose(invocation, 'The node', words, 0)) === 1}};
}

async function askRole(invocation: Invocation): Promise<Asked> {
  return {options: {role: passwordRoles[await choose(invocation, 'Whose password', passwordRoles, 0)]}};
}

async function askRevision(invocation: Invocation): Promise<Asked> {
  const newest = 'the newest good one before';
  const said = await ask(invocation, 'Which revision', newest, (text) =>
    /^[1-9]\d{0,8}$/.test(text) ? null : 'a number is asked for, which the list of revisions has.',
  );
  return {words: said === newest ? [] : [said]};
}

async function askData(invocation: Invocation): Promise<Asked> {
  const words = ['The data stays', 'The data is deleted too, for good'];
  return {options: {deleteData: (await choose(invocation, 'Its data', words, 0)) === 1}};
}
