// What is wanted on a screen, as the client takes it: to be planned, and to be started.
import type {Result} from '../operations/progress.ts';
import type {App} from './app-state.ts';
import type {ChangeRequest, Client, InstallRequest, Work} from '../client/types.ts';
import type {OperationKind} from './screens/operation/operation-state.ts';
import {answersOf} from './screens/parameters/form.ts';
import {resizeRequestOf} from './screens/resize/resize-state.ts';
import {restartRequest} from './screens/restart/restart-state.ts';
import {rollbackRequestOf} from './screens/rollback/rollback-state.ts';
import {scaleRequestOf} from './screens/scale/scale-state.ts';
import {uninstallRequestOf} from './screens/uninstall/uninstall-state.ts';
import {upgradeRequestOf} from './screens/upgrade/upgrade-state.ts';

type Wanted = Pick<App, 'screen' | 'target' | 'form' | 'status' | 'revisions'>;

export function installRequestOf({target, form}: Pick<App, 'target' | 'form'>): InstallRequest {
  return {target, answers: answersOf(form), password: form.texts.password || null};
}

/** What follows from a change; null on other screens, and where there is nothing to go back to. */
export async function planOf({screen, target, status, revisions}: Wanted, client: Client): Promise<Result | null> {
  if (screen.name === 'scale') return client.planScale(target, scaleRequestOf(screen));
  if (screen.name === 'upgrade') return client.planUpgrade(target, upgradeRequestOf(screen, status));
  const request = changeRequestOf({screen, status, revisions});
  return request && client.planChange(target, request);
}

/** How what the screen shows is begun, as often as it is tried again; null where nothing can be. */
export function operationOf(
  wanted: Wanted,
  client: Client,
): {readonly kind: OperationKind; readonly begin: () => Work} | null {
  const {screen, target, status} = wanted;
  switch (screen.name) {
    case 'preview': {
      const request = installRequestOf(wanted);
      return {kind: 'install', begin: () => client.install(request)};
    }
    case 'scale':
      return {kind: 'scale', begin: () => client.scale(target, scaleRequestOf(screen))};
    case 'upgrade': {
      const request = upgradeRequestOf(screen, status);
      return {kind: 'upgrade', begin: () => client.upgrade(target, request)};
    }
    case 'uninstall':
      return {kind: 'uninstall', begin: () => client.uninstall(target, uninstallRequestOf(screen))};
    default: {
      const request = changeRequestOf(wanted);
      return request && {kind: request.kind, begin: () => client.change(target, request)};
    }
  }
}

/** The request of a resize, a rollback or a restart. */
function changeRequestOf({
  screen,
  status,
  revisions,
}: Pick<Wanted, 'screen' | 'status' | 'revisions'>): ChangeRequest | null {
  if (screen.name === 'restart') return restartRequest;
  if (screen.name === 'resize') return resizeRequestOf(screen, status);
  return screen.name === 'rollback' ? rollbackRequestOf(screen, revisions) : null;
}
