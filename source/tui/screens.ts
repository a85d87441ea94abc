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

type ScreenOf<Name extends Screen['name']> = Extract<Screen, {readonly name: Name}>;

/** What each screen's plan is for; null: it has none, or the form voids it itself. A new screen has to say it. */
const planKeys: {readonly [Name in Screen['name']]: ((screen: ScreenOf<Name>) => string) | null} = {
  opening: null,
  blocked: null,
  home: null,
  target: null,
  parameters: null,
  preview: null,
  operation: null,
  ended: null,
  dashboard: null,
  panel: null,
  top: null,
  cause: null,
  scale: scaleKeyOf,
  upgrade: upgradeKeyOf,
  resize: resizeKeyOf,
  settings: null,
  rollback: rollbackKeyOf,
  restart: () => 'restart',
  password: passwordKeyOf,
  switchover: switchoverKeyOf,
  backups: null,
  restore: restoreKeyOf,
  adopt: adoptKeyOf,
  failover: failoverKeyOf,
  uninstall: uninstallKeyOf,
};

/** The names of all screens. */
export const screenNames = Object.keys(planKeys) as readonly Screen['name'][];

/** What a plan is for: with another key the plan is void. */
export function planKeyOf(screen: Screen): string {
  const keyOf = planKeys[screen.name] as ((screen: Screen) => string) | null;
  return keyOf?.(screen) ?? '';
}

/** Whether each screen shows a release that exists, whose status is then followed. */
const showingRelease: Readonly<Record<Screen['name'], boolean>> = {
  opening: false,
  blocked: false,
  home: false,
  target: false,
  parameters: false,
  preview: false,
  operation: false,
  ended: false,
  dashboard: true,
  panel: true,
  top: false,
  cause: true,
  scale: true,
  upgrade: true,
  resize: true,
  settings: true,
  rollback: true,
  restart: true,
  password: true,
  switchover: true,
  backups: true,
  restore: true,
  adopt: true,
  failover: true,
  uninstall: true,
};

export function showsRelease({name}: Screen): boolean {
  return showingRelease[name];
}
