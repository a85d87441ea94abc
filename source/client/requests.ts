// What the screens have carried out or planned: their requests as operations.
import type {Operation} from '../commands/operation.ts';
import type {Progress, Result} from '../operations/progress.ts';
import {begin} from './begin.ts';
import type {Connections} from './connections.ts';
import {known, reaching} from './errors.ts';
import {reachOf} from './reach.ts';
import type {Settings} from './settings.ts';
import type {Client, InstallRequest, ScaleRequest, Work} from './types.ts';

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

interface How {
  readonly dryRun: boolean;
  /** Of an install; null: generated. */
  readonly password: string | null;
}

export function requestsOf(settings: Settings, {sessionOf}: Connections): Pick<Client, RequestName> {
  const work = (operation: Operation, how: How, under = settings): Work => {
    const stop = new AbortController();
    const either = AbortSignal.any([settings.signal, stop.signal]);
    const steps = begin(operation, under, sessionOf(operation), {...how, signal: either});
    return {steps: reaching(known(steps, either), () => reachOf(settings)), stop: () => stop.abort()};
  };
  const start = (operation: Operation, password: string | null = null) => work(operation, {dryRun: false, password});
  const plan = (operation: Operation, password: string | null = null) =>
    toEnd(work(operation, {dryRun: true, password}).steps);

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

async function toEnd(steps: AsyncGenerator<Progress, Result>): Promise<Result> {
  for (;;) {
    const step = await steps.next();
    if (step.done) return step.value;
  }
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
