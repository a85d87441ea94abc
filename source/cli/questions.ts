// The wizard in lines, for ACCESSIBLE=1 and --plain: every question is one line, choices have numbers, nothing is
// written over, and a long wait says that it goes on.
import {isReadOnly} from '../core/read-only.ts';
import {readCatalogue} from '../client/catalogue.ts';
import {listReleases} from '../client/list.ts';
import {statusOf, type ReleaseRow} from '../client/status.ts';
import {clusterTimeOf} from '../observation/cluster-time.ts';
import {stateWords} from '../observation/row-state.ts';
import {namespaceProblem, releaseNameProblem} from '../parameters/identifiers.ts';
import {descriptors} from '../parameters/parameters.ts';
import {askText} from './ask-text.ts';
import type {Invocation} from './command.ts';
import {runInstall} from './install.ts';
import {printLines} from './output/text/fit-lines.ts';
import {statusLines} from './output/text/status-lines.ts';
import {mustExist, openConnection, openSession, text} from './session.ts';

/** @returns the exit code */
export async function askInLines(invocation: Invocation): Promise<number> {
  const connection = await openConnection(invocation);
  const given = text(invocation.options['namespace']);
  const {releases} = await listReleases(await readCatalogue(connection, given));
  connection.api.close();
  printLines(invocation.stdout, [`Cluster ${connection.context}`]);
  const mayInstall = !isReadOnly(invocation.environment);
  const choices = [...releases.map(wordsOf), ...(mayInstall ? ['Install a new database'] : []), 'Leave'];
  const chosen = releases.length === 0 && mayInstall ? 0 : await choose(invocation, 'What now', choices);
  const row = releases[chosen];
  if (row) return show(invocation, row);
  if (chosen === choices.length - 1 && choices.length > 1 && releases.length > 0) return 0;
  if (!mayInstall) return 0;
  return install(invocation, given ?? connection.defaultNamespace);
}

function wordsOf(row: ReleaseRow): string {
  return `Look at ${row.name} in ${row.namespace}, ${stateWords(row)}`;
}

async function show(invocation: Invocation, {name, namespace}: ReleaseRow): Promise<number> {
  const {stdout, reach} = invocation;
  const options = {...invocation.options, namespace};
  const session = await openSession({...invocation, release: name, options});
  const snapshot = await session.ports.look();
  const status = statusOf(snapshot) ?? statusOf(mustExist(snapshot));
  const lines = status ? statusLines(status, clusterTimeOf(snapshot), reach) : [];
  printLines(stdout, [...lines, 'Commands go on from here: pg-helm-install --help']);
  session.connection.api.close();
  return 0;
}

/** Asks for what the first page of the form has, shows the plan, and installs once it is confirmed. */
async function install(invocation: Invocation, defaultNamespace: string): Promise<number> {
  const release = await askText(invocation, 'Name of the release', null, releaseNameProblem);
  const namespace = await askText(invocation, 'Namespace', defaultNamespace, namespaceProblem);
  const options: Record<string, unknown> = {...invocation.options, namespace};
  for (const one of descriptors.filter(({form, key}) => form === 'main' && key !== 'password')) {
    const flag = one.flags[0];
    if (!flag || options[flag.option] !== undefined) continue;
    printLines(invocation.stdout, [one.hint]);
    const problemOf = (said: string) => {
      const parsed = one.parse(said);
      return 'problem' in parsed ? parsed.problem : null;
    };
    const said = await askText(invocation, one.label, one.defaultText, problemOf);
    if (said !== one.defaultText) options[flag.option] = said;
  }
  invocation.stdout.write('The password is generated; --password-file and PGHI_PASSWORD give one.\n');
  return runInstall({...invocation, release, options});
}

/** Lets the operator choose by number, where the first is 1. @returns the index in the list */
async function choose(invocation: Invocation, question: string, choices: readonly string[]): Promise<number> {
  invocation.stdout.write(choices.map((choice, index) => `${index + 1}. ${choice}\n`).join(''));
  const problemOf = (said: string) =>
    Number.isInteger(Number(said)) && Number(said) >= 1 && Number(said) <= choices.length
      ? null
      : `a number from 1 to ${choices.length}`;
  return Number(await askText(invocation, question, null, problemOf)) - 1;
}
