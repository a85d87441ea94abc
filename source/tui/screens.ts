// All screens. The state that a screen has besides the app's own is defined in the screen's folder.
import type {BackupsState} from './screens/backups/backups-state.ts';
import type {BlockedState} from './screens/blocked/blocked-state.ts';
import type {CauseState} from './screens/cause/cause-state.ts';
import type {DashboardState} from './screens/dashboard/dashboard-state.ts';
import {failoverKeyOf, type FailoverState} from './screens/failover/failover-state.ts';
import type {OpeningState} from './screens/opening/opening-state.ts';
import type {OperationState} from './screens/operation/operation-state.ts';
import type {PanelState} from './screens/panel/panel-state.ts';
import {passwordKeyOf, type PasswordState} from './screens/password/password-state.ts';
import {resizeKeyOf, type ResizeState} from './screens/resize/resize-state.ts';
import type {RestartState} from './screens/restart/restart-state.ts';
import {restoreKeyOf, type RestoreState} from './screens/restore/restore-state.ts';
import {rollbackKeyOf, type RollbackState} from './screens/rollback/rollback-state.ts';
import {scaleKeyOf, type ScaleState} from './screens/scale/scale-state.ts';
import {adoptKeyOf, type AdoptState} from './screens/adopt/adopt-state.ts';
import {switchoverKeyOf, type SwitchoverState} from './screens/switchover/switchover-state.ts';
import type {SettingsState} from './screens/settings/settings-state.ts';
import type {TargetState} from './screens/target/target-state.ts';
import type {TopState} from './screens/top/top-state.ts';
import {uninstallKeyOf, type UninstallState} from './screens/uninstall/uninstall-state.ts';
import {upgradeKeyOf, type UpgradeState} from './screens/upgrade/upgrade-state.ts';

export type PreviewTab = 'plan' | 'values' | 'manifests' | 'command';

/** How a plan is looked at. `differs`: only the values that differ from the chart's own. */
export interface PlanView {
  readonly tab: PreviewTab;
  readonly top: number;
  readonly differs: boolean;
}

export const firstView: PlanView = {tab: 'plan', top: 0, differs: false};

export type Screen =
  | OpeningState
  | BlockedState
  | {readonly name: 'home'}
  | TargetState
  | {readonly name: 'parameters'}
  | {readonly name: 'preview'}
  | OperationState
  | {readonly name: 'ended'}
  | DashboardState
  | PanelState
  | TopState
  | CauseState
  | ScaleState
  | UpgradeState
  | ResizeState
  | SettingsState
  | RollbackState
  | RestartState
  | PasswordState
  | SwitchoverState
  | BackupsState
  | RestoreState
  | AdoptState
  | FailoverState
  | UninstallState;

/** What a plan is for: with another key the plan is void. The plan of a form is voided by the form itself. */
export function planKeyOf(screen: Screen): string {
  switch (screen.name) {
    case 'scale':
      return scaleKeyOf(screen);
    case 'uninstall':
      return uninstallKeyOf(screen);
    case 'restart':
      return 'restart';
    case 'password':
      return passwordKeyOf(screen);
    case 'adopt':
      return adoptKeyOf(screen);
    case 'switchover':
      return switchoverKeyOf(screen);
    case 'restore':
      return restoreKeyOf(screen);
    case 'failover':
      return failoverKeyOf(screen);
    case 'rollback':
      return rollbackKeyOf(screen);
    case 'resize':
      return resizeKeyOf(screen);
    case 'upgrade':
      return upgradeKeyOf(screen);
    default:
      return '';
  }
}

/** Whether the screen shows a release that exists, whose status is then followed. */
export function showsRelease({name}: Screen): boolean {
  return [
    'dashboard',
    'panel',
    'cause',
    'scale',
    'resize',
    'upgrade',
    'rollback',
    'restart',
    'password',
    'switchover',
    'settings',
    'failover',
    'backups',
    'restore',
    'adopt',
    'uninstall',
  ].includes(name);
}
