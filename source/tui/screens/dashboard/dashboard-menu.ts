// What can be done with a release from its dashboard; only what works for it is shown. Pure.
import type {Status} from '../../../client/questions/status.ts';
import {operationNoun} from '../../../commands/operation-words.ts';
import {releaseRef, type Operation} from '../../../commands/operation.ts';
import type {Screen} from '../../screens.ts';
import {backupsEntry} from '../backups/backups-state.ts';
import {adoptEntry} from '../adopt/adopt-state.ts';
import {causeEntry} from '../cause/cause-state.ts';
import {failoverEntry} from '../failover/failover-state.ts';
import {connectEntry, textEntries} from '../panel/panel-state.ts';
import {passwordEntry} from '../password/password-state.ts';
import {resizeEntry} from '../resize/resize-state.ts';
import {restartEntry} from '../restart/restart-state.ts';
import {rollbackEntry} from '../rollback/rollback-state.ts';
import {scaleEntry} from '../scale/scale-state.ts';
import {settingsEntry} from '../settings/settings-state.ts';
import type {MenuEntry} from '../shared/menu-entry.ts';
import {switchoverEntry} from '../switchover/switchover-state.ts';
import {topEntry} from '../top/top-state.ts';
import {uninstallEntry} from '../uninstall/uninstall-state.ts';
import {upgradeEntry} from '../upgrade/upgrade-state.ts';

export type Entry = MenuEntry<{readonly show: Screen} | {readonly run: Operation} | 'copy' | 'reveal'>;

/** `isRevealed`: the password is shown. `readOnly`: entries that change the release are left out. */
export function menuOf(status: Status | null, isRevealed: boolean, readOnly = false): readonly Entry[] {
  if (!status) return [];
  // A release that we did not install is changed with helm.
  const isOurs = status.parameters !== null;
  const hasRecord = status.managedBy !== 'kubectl';
  const entries: readonly (Entry | null)[] = [
    recoverEntry(status),
    causeEntry(status),
    topEntry(status),
    adoptEntry(status),
    scaleEntry(status),
    resizeEntry(status),
    upgradeEntry(status),
    settingsEntry(status),
    rollbackEntry(status),
    restartEntry(status),
    failoverEntry(status) ?? switchoverEntry(status),
    passwordEntry(status),
    backupsEntry(status),
    connectEntry(status),
    isOurs && status.endpoints !== null ? {key: 'c', label: 'copy', does: 'copy'} : null,
    isOurs ? {key: 'w', label: isRevealed ? 'hide password' : 'show password', does: 'reveal'} : null,
    ...textEntries.filter(({label}) => hasRecord || label === 'logs'),
    hasRecord ? uninstallEntry : null,
  ];
  const works = entries.filter((entry) => entry !== null);
  return readOnly ? works.filter(({does}) => !changes(does)) : works;
}

/** Screens that only show something. */
const shows: readonly Screen['name'][] = ['cause', 'panel', 'top'];

function changes(does: Entry['does']): boolean {
  if (typeof does === 'string') return false;
  return 'run' in does || !shows.includes(does.show.name);
}

/** Null: nothing is left to go on with, or somebody works on it. */
function recoverEntry(status: Status): Entry | null {
  const {parameters, operation, name} = status;
  if (!operation || operation.alive || (!parameters && operation.kind !== 'adopt')) return null;
  return {
    key: 'g',
    label: `go on with the ${operationNoun(operation.kind)}`,
    does: {run: {kind: 'recover', ...releaseRef({...status, release: name})}},
  };
}
