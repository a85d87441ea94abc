// What can be done with a release from its dashboard; only what works for it is shown. Pure.
import type {Status} from '../../../client/status.ts';
import {releaseRef, type Operation} from '../../../core/operation.ts';
import type {Panel, Screen} from '../../screens.ts';
import {toldWarnings} from './trouble-rows.ts';

export interface Entry {
  readonly key: string;
  readonly label: string;
  readonly does: {readonly show: Screen} | {readonly run: Operation} | 'copy' | 'reveal';
}

/** `isRevealed`: the password is on the screen. */
export function menuOf(status: Status | null, isRevealed: boolean): readonly Entry[] {
  if (!status) return [];
  const {parameters, endpoints, chartVersion, readers, operation, cause} = status;
  const isWarned = toldWarnings(status).length > 0;
  const panel = (name: Panel): Entry['does'] => ({show: {name: 'panel', panel: name, top: 0}});
  const entry = (key: string, label: string, does: Entry['does'], works = true) => (works ? [{key, label, does}] : []);
  // What we did not install, helm changes.
  const ours = parameters !== null;
  const reachable = ours && endpoints !== null;
  // Nobody works on it any more.
  const paused = ours && operation !== null && !operation.alive;
  return [
    ...entry(
      'g',
      `go on with the ${operation?.kind}`,
      {run: {kind: 'recover', ...releaseRef({...status, release: status.name})}},
      paused,
    ),
    ...entry('i', cause ? 'what is wrong' : 'warnings', {show: {name: 'cause'}}, cause !== null || isWarned),
    ...entry(
      's',
      'scale',
      {show: {name: 'scale', readers: String(parameters?.readReplicaCount ?? readers.wanted), deleteVolumes: false}},
      ours,
    ),
    ...entry(
      'r',
      'resize',
      {
        show: {
          name: 'resize',
          row: 'cpu',
          cpu: parameters?.cpu ?? '',
          memory: parameters?.memory ?? '',
          instanceType: parameters?.instanceType ?? '',
          storageSize: parameters?.storageSize ?? '',
        },
      },
      ours,
    ),
    ...entry(
      'u',
      'upgrade',
      {
        show: {
          name: 'upgrade',
          imageTag: parameters?.images.tag ?? '',
          chartVersion: chartVersion ?? '',
          row: 'imageTag',
        },
      },
      ours,
    ),
    ...entry('b', 'roll back', {show: {name: 'rollback', revision: null}}, ours && (status.revision ?? 1) > 1),
    ...entry('t', 'restart', {show: {name: 'restart'}}, ours),
    ...entry('n', 'connect', panel('connect'), reachable),
    ...entry('c', 'copy', 'copy', reachable),
    ...entry('w', isRevealed ? 'hide password' : 'show password', 'reveal', ours),
    ...entry('l', 'logs', panel('logs')),
    ...entry('v', 'values', panel('values')),
    ...entry('h', 'history', panel('history')),
    ...entry('x', 'uninstall', {show: {name: 'uninstall', deleteData: false, dumpTo: '', row: 'name', typed: ''}}),
  ];
}
