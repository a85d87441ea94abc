// Root's pods run as another user: the Node of their programs must be one that this user may run.
import {execFileSync} from 'node:child_process';
import {chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, statSync} from 'node:fs';
import {tmpdir, userInfo} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {nodeForPods} from '../../../source/kubelet/node-for-pods.ts';

let place: string;
let programs: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'pghi-node-for-pods-'));
  chmodSync(place, 0o711);
  programs = join(place, 'programs');
  mkdirSync(programs, {mode: 0o711});
  mkdirSync(join(place, 'home'), {mode: 0o711});
  copyFileSync('/bin/echo', join(place, 'home', 'node'));
});
afterEach(() => rmSync(place, {recursive: true, force: true}));

const asAnother = userInfo().uid === 0 ? {uid: 65534, gid: 65534} : {};

it('is the very one where all may pass', async () => {
  expect(await nodeForPods(join(place, 'home', 'node'), programs)).toBe(join(place, 'home', 'node'));
});

it.each([
  ['a home that others may not enter', 'home', 0o700],
  ['a file that others may not execute', join('home', 'node'), 0o700],
])('is one that another user can run, of %s, also the second time', async (_, closed, mode) => {
  chmodSync(join(place, closed), mode);
  for (const said of ['first', 'second']) {
    const node = await nodeForPods(join(place, 'home', 'node'), programs);
    expect(node).toBe(join(programs, 'node'));
    expect(execFileSync(node, [said], {...asAnother, encoding: 'utf8'})).toBe(`${said}\n`);
  }
  expect(statSync(join(place, closed)).mode & 0o777).toBe(mode);
});
