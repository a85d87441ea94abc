// What the operator wants on a screen, as an operation to be planned and started.
import {patchFolderOf, type RequestOf, type OperationOf} from '../commands/operation.ts';
import type {App} from './app-state.ts';
import {adoptAsked} from './screens/adopt/adopt-state.ts';
import {failoverAsked} from './screens/failover/failover-state.ts';
import {answersOf, type Form} from './screens/parameters/form.ts';
import {passwordAsked} from './screens/password/password-state.ts';
import {resizeAsked} from './screens/resize/resize-state.ts';
import {restartAsked} from './screens/restart/restart-state.ts';
import {restoreAsked} from './screens/restore/restore-state.ts';
import {rollbackAsked} from './screens/rollback/rollback-state.ts';
import {scaleAsked} from './screens/scale/scale-state.ts';
import {settingsAsked} from './screens/settings/settings-state.ts';
import {switchoverAsked} from './screens/switchover/switchover-state.ts';
import {uninstallAsked} from './screens/uninstall/uninstall-state.ts';
import {upgradeAsked} from './screens/upgrade/upgrade-state.ts';

type ScreenState = Pick<App, 'screen' | 'target' | 'form' | 'settings' | 'surveyed' | 'status' | 'revisions'>;
type Change =
  | ('scale' | 'resize' | 'upgrade' | 'set' | 'rollback' | 'restart')
  | ('rotate-password' | 'switchover' | 'failover' | 'backup' | 'adopt' | 'uninstall');

export function installOf({target, form}: Pick<App, 'target' | 'form'>): OperationOf<'install'> {
  return {kind: 'install', ...target, answers: answersOf(form), valuesFile: null};
}

/** The typed password; null: one is generated. */
export function passwordIn({texts}: Form): string | null {
  return texts.password || null;
}

/** Null on screens that begin nothing, and where there is nothing to go back to. */
export function operationOf(state: ScreenState): OperationOf<'install' | Change> | null {
  if (state.screen.name === 'preview') return installOf(state);
  const asked = state.screen.name === 'settings' ? setAsked(state) : changeAsked(state);
  return asked && throughFiles({...state.target, ...asked}, state.status);
}

/** A release that somebody else applies is changed through files. */
function throughFiles(asked: OperationOf<Change>, status: App['status']): OperationOf<Change> {
  if (!status?.parameters || status.steeredBy === null) return asked;
  switch (asked.kind) {
    case 'scale':
    case 'resize':
    case 'upgrade':
    case 'set':
    case 'rollback':
      return {...asked, patchTo: patchFolderOf(asked.release)};
    default:
      return asked;
  }
}

function setAsked({settings, surveyed}: ScreenState): RequestOf<'set'> | null {
  return settings && settingsAsked(settings, surveyed?.place ?? null);
}

function changeAsked({screen, status, revisions}: ScreenState): RequestOf<Change> | null {
  switch (screen.name) {
    case 'scale':
      return scaleAsked(screen);
    case 'resize':
      return resizeAsked(screen, status);
    case 'upgrade':
      return upgradeAsked(screen, status);
    case 'rollback':
      return rollbackAsked(screen, revisions);
    case 'restart':
      return restartAsked;
    case 'password':
      return passwordAsked(screen);
    case 'adopt':
      return adoptAsked(screen);
    case 'switchover':
      return switchoverAsked(screen);
    case 'restore':
      return restoreAsked(screen);
    case 'failover':
      return failoverAsked(screen);
    case 'uninstall':
      return uninstallAsked(screen);
    default:
      return null;
  }
}
