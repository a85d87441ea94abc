// The wizard in lines, for ACCESSIBLE=1 and --plain: every question is one line, choices have numbers, nothing is
// written over, and a long wait says that it goes on.
import {readCatalogue} from '../../client/questions/catalogue.ts';
import {listReleases} from '../../client/questions/list.ts';
import type {ReleaseRow} from '../../client/questions/status.ts';
import {isReadOnly} from '../../core/read-only.ts';
import {releaseNamed, stateWords} from '../../observation/row-state.ts';
import type {Invocation} from '../command.ts';
import {printLines} from '../output/text/fit-lines.ts';
import {closeSession, text} from '../session.ts';
import {choose} from './ask.ts';
import {chooseCluster} from './cluster.ts';
import {installByQuestions} from './install.ts';
import {askAboutRelease} from './release.ts';

/** @returns the exit code */
export async function askInLines(given: Invocation): Promise<number> {
  const chosen = await chooseCluster(given);
  if (!chosen) return 0;
  const {invocation, connection} = chosen;
  const namespace = text(invocation.options['namespace']);
  const {releases} = await listReleases(await readCatalogue(connection, namespace));
  closeSession({connection});
  printLines(invocation.stdout, [`Cluster ${connection.context}`]);
  const {release} = invocation;
  const at = namespace ?? connection.defaultNamespace;
  const named = release === null ? undefined : releaseNamed(releases, {release, namespace: at});
  if (named) return askAboutRelease(invocation, named);
  if (release !== null) printLines(invocation.stdout, [`There is no release ${release} in ${at}.`]);
  const install = () => installByQuestions(invocation, at);
  const mayInstall = !isReadOnly(invocation.environment);
  if (releases.length === 0 && mayInstall) return install();
  const choices = [...releases.map(wordsOf), ...(mayInstall ? ['Install a new database'] : []), 'Leave'];
  const index = await choose(invocation, 'What now', choices);
  const row = releases[index];
  if (row) return askAboutRelease(invocation, row);
  return mayInstall && index === releases.length ? install() : 0;
}

function wordsOf(row: ReleaseRow): string {
  return `Look at ${row.name} in ${row.namespace}, ${stateWords(row)}`;
}
