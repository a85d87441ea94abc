// What the screens have carried out or planned: their requests as operations.
import type {Operation} from '../commands/operation.ts';
import type {Connections} from './connections.ts';
import type {Settings} from './settings.ts';
import type {Client, InstallRequest, ScaleRequest} from './types.ts';
import {toEnd, workIn} from './work.ts';

type RequestName =
  | 'plan'
  | 'install'
  | 'uninstall'
  | 'planUninstall'
  | 'scale'
  | 'planScale'
  | 'upgrade'
  | 'planUpgrade'
  | 'change'
  | 'planChange'
  | 'run';

export function requestsOf(settings: Settings, connections: Connections): Pick<Client, RequestName> {
  const work = workIn(settings, connections);
  const start = (operation: Operation, password: string | null = null) => work(operation, {dryRun: false, password});
  const plan = (operation: Operation, password: string | null = null) =>
    toEnd(work(operation, {dryRun: true, password}));

  return {
    plan: (request) => plan(installOf(request), request.password),
    install: (request) => start(installOf(request), request.password),
    uninstall: (target, request) => start({kind: 'uninstall', ...target, ...request}),
    planUninstall: (target, request) => plan({kind: 'uninstall', ...target, ...request}),
    scale: (target, request) => start(scaleOf(target, request)),
    planScale: (target, request) => plan(scaleOf(target, request)),
    upgrade: (target, request) => start(upgradeOf(target, request)),
    planUpgrade: (target, request) => plan(upgradeOf(target, request)),
    change: (target, request) => start({...target, ...request}),
    planChange: (target, request) => plan({...target, ...request}),
    run: (operation) =>
      work(operation, {dryRun: false, password: null}, {...settings, options: kept(settings.options)}),
  };
}

/** What holds for all that is done here; the rest of the options is of what the screens were opened for. */
function kept(options: Settings['options']): Settings['options'] {
  const names = ['kubeconfig', 'sandbox', 'chart', 'timeout'];
  return Object.fromEntries(Object.entries(options).filter(([name]) => names.includes(name)));
}

function installOf({target, answers}: InstallRequest): Operation {
  return {kind: 'install', ...target, answers, valuesFile: null};
}

function scaleOf(target: InstallRequest['target'], {readers, deleteVolumes}: ScaleRequest): Operation {
  return {kind: 'scale', ...target, readReplicas: readers, deleteVolumes};
}

function upgradeOf(
  target: InstallRequest['target'],
  {imageTag, chartVersion}: {readonly imageTag: string | null; readonly chartVersion: string | null},
): Operation {
  return {kind: 'upgrade', ...target, images: imageTag === null ? {} : {tag: imageTag}, chartVersion};
}
