// The cluster tests take any disposable cluster through KUBECONFIG. Where none is given, they start the lab's, if there
// is one.
import {execFileSync} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {root} from '../paths.ts';
import build from './program-setup.ts';

const lab = join(root, '..', 'shared', 'cluster');

export default function setup(): (() => void) | undefined {
  build();
  if (process.env['KUBECONFIG']) return undefined;
  if (!existsSync(join(lab, 'up'))) throw new Error('The cluster tests need a disposable cluster: set KUBECONFIG.');
  const before = runningLab();
  const printed = execFileSync(join(lab, 'up'), {encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit']});
  const kubeconfig = /KUBECONFIG=(\S+)/.exec(printed)?.[1];
  if (!kubeconfig) throw new Error(`the lab printed no KUBECONFIG:\n${printed}`);
  process.env['KUBECONFIG'] = kubeconfig;
  // A lab that somebody else started stays.
  return before !== null && before === runningLab() ? undefined : () => void execFileSync(join(lab, 'down'));
}

/** The lab's process, when it lives; a stale file does not count. */
function runningLab(): string | null {
  const file = join(process.env['PGK8S_STATE'] ?? '/var/tmp/pgk8s', 'pid');
  const pid = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  return pid !== '' && existsSync(`/proc/${pid}`) ? pid : null;
}
