// Which screen is shown, as keys and the answers of the client change it. Pure.
import type {ReleaseRow} from '../../client/status.ts';
import type {Opened} from '../../client/types.ts';
import type {Screen} from '../screens.ts';
import {backupsScreen} from '../screens/backups/backups-state.ts';
import {dashboard} from '../screens/dashboard/dashboard-state.ts';
import {isGoodEnd, operationScreen, type Operation} from '../screens/operation/operation-state.ts';
import type {Result} from '../../operations/progress.ts';
import type {Action} from './actions.ts';
import {targetIn, type Place} from './place.ts';
import type {Target} from './target.ts';

type Shown = Pick<Place, 'target' | 'opened'> & {readonly screen: Screen; readonly operation: Operation | null};

/** The next screen; the same where the action changes nothing of it. */
export function nextScreen(shown: Shown, action: Action): Screen {
  const {screen, target} = shown;
  switch (action.type) {
    case 'open':
      return {name: 'opening', context: action.context, sandbox: action.sandbox === true};
    case 'opened':
      return firstScreen(action.opened, targetIn(action.opened, target), target.namespace !== '');
    case 'trouble':
      return {name: 'trouble', cause: action.cause, kubeconfig: false};
    case 'found':
      return isListHome(shown, action.namespace, action.releases) ? {name: 'home'} : screen;
    case 'show':
      return action.screen;
    case 'note':
      return screen.name === 'dashboard' ? {...screen, revealed: action.revealed, note: action.note} : screen;
    default:
      return screenOfOperation(shown, action);
  }
}

/** What the start and the end of an operation show. */
function screenOfOperation({screen, operation}: Shown, action: Action): Screen {
  if (action.type === 'started') return operationScreen;
  if (!operation) return screen;
  if (action.type === 'stopping') return operationScreen;
  return action.type === 'ended' ? endOf(operation.kind, action.result) : screen;
}

/**
 * Some release there: home. None, or one was named: the wizard, where what was given is not asked again. Nobody may
 * look: which namespace.
 */
function firstScreen({releases}: Opened, {namespace, release}: Target, isNamespaceGiven: boolean): Screen {
  if (release !== '') return {name: 'target', row: namespace === '' ? 'namespace' : 'next'};
  if (releases === null) return {name: 'target', row: isNamespaceGiven ? 'release' : 'namespace'};
  return releases.length > 0 ? {name: 'home'} : {name: 'target', row: 'release'};
}

/** Some release in the only namespace that may be looked into: home. */
function isListHome(
  {opened, target, screen}: Shown,
  namespace: string,
  releases: readonly ReleaseRow[] | null,
): boolean {
  const isAsked = opened !== null && target.namespace === namespace && target.release === '';
  return isAsked && screen.name === 'target' && releases !== null && releases.length > 0;
}

/**
 * A good end is the dashboard, or the list of backups with the one that was made or proven. One with a cause, and one
 * after which there is another release or none, is shown first.
 */
function endOf(kind: Operation['kind'], result: Result): Screen {
  if (!isGoodEnd(result) || kind === 'uninstall' || kind === 'restore') return {name: 'ended'};
  return kind === 'backup' || kind === 'verify' ? backupsScreen : {...dashboard, note: saidOfMove(result)};
}

/** Where the writer is now, and for how long there was none; null: its role did not move. */
function saidOfMove({switchover, failover}: Result): string | null {
  const moved = switchover ?? failover;
  if (!moved) return null;
  const outMs = switchover ? switchover.gapMs : (failover?.writesAfterMs ?? null);
  const [how, end] = switchover ? ['no writes for', 'No row was lost.'] : ['writes after', 'h tells what was at risk.'];
  const out = outMs === null ? '' : `, ${how} ${(outMs / 1000).toFixed(1)} s`;
  return `Writer now on ${moved.toNode ?? 'another node'}${out}. ${end}`;
}
