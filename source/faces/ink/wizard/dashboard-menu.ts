// What can be done with a release from its dashboard; only what works for it is shown. Pure.
import type {Status} from '../../../inspect/status.ts';
import type {Panel, Screen} from './screens.ts';

export interface Entry {
  readonly key: string;
  readonly label: string;
  readonly does: {readonly show: Screen} | 'copy' | 'reveal';
}

/** `isRevealed`: the password is on the screen. */
export function menuOf(status: Status | null, isRevealed: boolean): readonly Entry[] {
  if (!status) return [];
  const {parameters, endpoints, chartVersion, readers} = status;
  const panel = (name: Panel): Entry['does'] => ({show: {name: 'panel', panel: name, top: 0}});
  const entry = (key: string, label: string, does: Entry['does'], works = true) => (works ? [{key, label, does}] : []);
  // What we did not install, helm changes.
  const ours = parameters !== null;
  const reachable = ours && endpoints !== null;
  return [
    ...entry('s', 'scale', {show: {name: 'scale', readers: String(parameters?.readReplicaCount ?? readers.wanted)}}, ours),
    ...entry('u', 'upgrade', {show: {name: 'upgrade', imageTag: parameters?.images.tag ?? '', chartVersion: chartVersion ?? '', row: 'imageTag'}}, ours),
    ...entry('n', 'connect', panel('connect'), reachable),
    ...entry('c', 'copy', 'copy', reachable),
    ...entry('w', isRevealed ? 'hide password' : 'show password', 'reveal', ours),
    ...entry('l', 'logs', panel('logs')),
    ...entry('v', 'values', panel('values')),
    ...entry('h', 'history', panel('history')),
    ...entry('x', 'uninstall', {show: {name: 'uninstall', deleteData: false}}),
  ];
}

