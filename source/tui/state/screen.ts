// Which screen is shown, as keys and the answers of the client change it. Pure.
import {isGoodEnd} from '../../core/outcome.ts';
import type {ReleaseRow} from '../../client/questions/status.ts';
import type {Opened} from '../../client/types.ts';
import type {Screen} from '../screens.ts';
import {withMemoryAsked} from '../screens/adopt/adopt-state.ts';
import {backupsScreen} from '../screens/backups/backups-state.ts';
import {gapText} from '../../observation/text/gap-plot.ts';
import {dashboard, type DashboardState} from '../screens/dashboard/dashboard-state.ts';
import {operationScreen, type RunningOperation} from '../screens/operation/operation-state.ts';
import type {Result} from '../../plan/progress.ts';
import {top} from '../screens/top/top-state.ts';
import type {Action} from './actions.ts';
import {firstTarget, type ClusterChoice} from './place.ts';
import type {ShownTarget} from './target.ts';

type Shown = Pick<ClusterChoice, 'target' | 'opened' | 'opens' | 'readOnly'> & {
  readonly screen: Screen;
  readonly operation: RunningOperation | null;
};

/** The next screen, or the present one where the action does not change it. */
export function nextScreen(shown: Shown, action: Action): Screen {
  const {screen} = shown;
  switch (action.type) {
    case 'open':
      return {
        name: 'opening',
        context: action.context,
        sandbox: action.sandbox === true,
        helm: action.helm === true,
      };
    case 'opening':
      return screen.name === 'opening' ? {...screen, doing: action.doing} : screen;
    case 'opened':
      return firstScreen(shown, action.opened);
    case 'blocked':
      return {name: 'blocked', cause: action.cause, kubeconfig: false};
    case 'found':
      return isListHome(shown, action.namespace, action.releases) ? {name: 'home'} : screen;
    case 'show':
      return action.screen;
    case 'status':
    case 'session':
    case 'note':
      return withNews(screen, action);
    default:
      return screenOfOperation(shown, action);
  }
}

/** The same screen with what is known now, or with the note about what was done without leaving it. */
function withNews(screen: Screen, action: Extract<Action, {type: 'status' | 'session' | 'note'}>): Screen {
  if (action.type === 'status') return screen.name === 'adopt' ? withMemoryAsked(screen, action.status) : screen;
  if (action.type === 'session') return screen.name === 'top' ? {...screen, note: action.note} : screen;
  return screen.name === 'dashboard' ? {...screen, revealed: action.revealed, note: action.note} : screen;
}

/** The screen that the start or the end of an operation leads to. */
function screenOfOperation({screen, operation}: Shown, action: Action): Screen {
  if (action.type === 'started') return operationScreen;
  if (!operation) return screen;
  if (action.type === 'stopping') return operationScreen;
  return action.type === 'ended' ? endOf(operation, action.result) : screen;
}

/**
 * With a release that is to be opened: that one. With releases: home. With none, or with one that was named: the
 * wizard, which does not ask again for what was given. Without permission to list releases: the choice of a namespace.
 * In read-only mode there is no wizard.
 */
function firstScreen(shown: Shown, opened: Opened): Screen {
  const {target: given, opens, readOnly} = shown;
  const {releases} = opened;
  const {namespace, release} = firstTarget(shown, opened);
  if (opens === 'top' && release !== '') return top;
  if (opens === 'dashboard' && mayBeThere({namespace, release}, releases)) return dashboard;
  if (readOnly && releases !== null) return {name: 'home'};
  if (release !== '') return {name: 'target', row: namespace === '' ? 'namespace' : 'next'};
  if (releases === null) return {name: 'target', row: given.namespace !== '' ? 'release' : 'namespace'};
  return releases.length > 0 ? {name: 'home'} : {name: 'target', row: 'release'};
}

/** Whether the release exists. Where releases may not be listed, its dashboard finds that out. */
function mayBeThere(
  {namespace, release}: Pick<ShownTarget, 'namespace' | 'release'>,
  releases: Opened['releases'],
): boolean {
  if (namespace === '' || release === '') return false;
  return releases === null || releases.some((row) => row.name === release && row.namespace === namespace);
}

/** Whether home is next: the only namespace that may be read has releases. */
function isListHome(
  {opened, target, screen}: Shown,
  namespace: string,
  releases: readonly ReleaseRow[] | null,
): boolean {
  const isAsked = opened !== null && target.namespace === namespace && target.release === '';
  return isAsked && screen.name === 'target' && releases !== null && releases.length > 0;
}

/**
 * After a good end, the dashboard, or the list of backups with the one that was made or proven. An end with a cause,
 * and one after which there is another release or none, is shown first.
 */
function endOf(operation: RunningOperation, result: Result): Screen {
  const {kind} = operation;
  if (!isGoodEnd(result) || result.files || hasOther[kind]) return {name: 'ended'};
  return kind === 'backup' || kind === 'verify' ? backupsScreen : {...dashboard, ...endNote(operation, result)};
}

/** What is there afterwards is not the release that was shown. */
const hasOther: Readonly<Partial<Record<RunningOperation['kind'], true>>> = {
  uninstall: true,
  restore: true,
  detach: true,
};

/** What the dashboard shows after an operation: a sentence, and when writes were out where the writer stopped. */
function endNote(operation: RunningOperation, result: Result): Pick<DashboardState, 'note' | 'plot'> {
  const {writesOut: out, durationMs, failover} = result;
  const note = moveNote(result);
  if (!out) return {note: note ?? doneNote(operation, result), plot: null};
  // A lost writer accepted no writes before the decision either.
  const gap = failover ? {afterMs: 0, forMs: out.afterMs + out.forMs} : out;
  const changed = operation.settings.length > 0 ? `Changed: ${settingsIn(operation)}. ` : '';
  return {note: note ?? `${changed}Writes were out for ${gapText(out)} at most.`, plot: {gap, durationMs}};
}

/** Null: after an install, the endpoints say that it is done. */
function doneNote(operation: RunningOperation, {outcome, durationMs}: Result): string | null {
  if (outcome === 'unchanged') return 'Everything was as wanted already: nothing was changed.';
  const took = `${(durationMs / 1000).toFixed(1)} s`;
  if (operation.settings.length > 0) return `Changed in ${took}: ${settingsIn(operation)}.`;
  const done = whatIsDone[operation.kind];
  return done === undefined ? null : `${done} in ${took}.`;
}

/** The settings by name, as long as these are few. */
function settingsIn({settings}: RunningOperation): string {
  return settings.length > 3 ? `${settings.length} settings` : settings.join(', ');
}

const whatIsDone: Readonly<Partial<Record<RunningOperation['kind'], string>>> = {
  scale: 'Scaled',
  resize: 'Resized',
  upgrade: 'Upgraded',
  set: 'Settings changed',
  rollback: 'Rolled back',
  restart: 'Restarted',
  'rotate-password': 'Passwords changed',
  adopt: 'Taken over',
  recover: 'Brought to its end',
};

/** Where the writer is now, and for how long there was none; null: its role did not move. */
function moveNote({switchover, failover}: Result): string | null {
  const moved = switchover ?? failover;
  if (!moved) return null;
  const outMs = switchover ? switchover.gapMs : (failover?.writesAfterMs ?? null);
  const [how, end] = switchover ? ['no writes for', 'No row was lost.'] : ['writes after', 'h tells what was at risk.'];
  const out = outMs === null ? '' : `, ${how} ${(outMs / 1000).toFixed(1)} s`;
  return `Writer now on ${moved.toNode ?? 'another node'}${out}. ${end}`;
}
