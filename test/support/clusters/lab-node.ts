// A node of the lab: its machine is turned off, frozen, and turned on again. Needs root on the lab's machine, and
// PGHI_LOSE_NODES, because whatever else runs on the node is lost too.
import {execFile, spawn} from 'node:child_process';
import {existsSync, openSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {promisify} from 'node:util';
import {waitFor} from '../wait-for.ts';

const run = promisify(execFile);
/** Beside its kubeconfig the lab has a folder for each node. */
const state = dirname(process.env['KUBECONFIG'] ?? '');

export const mayLoseNodes =
  (process.env['PGHI_LOSE_NODES'] ?? '') !== '' && existsSync(join(state, 'node0', 'kubelet.yaml'));

interface Process {
  readonly pid: number;
  readonly words: readonly string[];
}

export class LabNode {
  private readonly folder: string;
  private readonly cgroup: string;
  private readonly bridge: string;
  private readonly pods: string;
  /** The processes that were killed, to start them again. */
  private stopped: readonly Process[] = [];

  constructor(readonly name: string) {
    this.folder = join(state, name);
    this.cgroup = /^cgroupRoot: (.+)$/m.exec(readFileSync(join(this.folder, 'kubelet.yaml'), 'utf8'))?.[1] ?? '';
    const network = readFileSync(join(this.folder, 'cni', '10-bridge.conflist'), 'utf8');
    this.bridge = /"bridge":"([^"]+)"/.exec(network)?.[1] ?? '';
    this.pods = /"subnet":"([^"]+)"/.exec(network)?.[1] ?? '';
  }

  /** Drops what the node's pods send to these addresses. */
  async cutOff(addresses: readonly string[]): Promise<void> {
    for (const address of addresses) await this.rule('add', ['iif', this.bridge, 'to', address]);
  }

  /** Turns the node off without a word to anybody: no connection is closed, none is refused. */
  async turnOff(): Promise<void> {
    await this.silence();
    this.stopped = this.services();
    // Containers end with the machine, and nobody writes down how.
    for (const {pid} of this.stopped) kill(pid, 'SIGKILL');
    for (const {pid} of processes().filter(({words}) => words.includes(join(this.folder, 'containerd.sock'))))
      kill(pid, 'SIGKILL');
    await waitFor(
      `all processes of ${this.name} to end`,
      () => {
        const left = this.containers('pids');
        for (const pid of left) kill(pid, 'SIGKILL');
        return left.length;
      },
      (left) => left === 0,
      {deadlineMs: 10_000, everyMs: 20},
    );
  }

  /** Stops only the node's kubelet: the cluster hears nothing of the node, and its containers go on. */
  stopKubelet(): void {
    for (const {pid} of this.services().slice(-1)) kill(pid, 'SIGSTOP');
  }

  /** Freezes the node: nothing of it runs, and everything goes on where it was when the node is woken. */
  async pause(): Promise<void> {
    for (const {pid} of this.services()) kill(pid, 'SIGSTOP');
    writeFileSync(join('/sys/fs/cgroup/freezer', this.cgroup, 'freezer.state'), 'FROZEN');
    await this.silence();
  }

  async wake(): Promise<void> {
    await this.speak();
    writeFileSync(join('/sys/fs/cgroup/freezer', this.cgroup, 'freezer.state'), 'THAWED');
    for (const {pid} of this.services()) kill(pid, 'SIGCONT');
  }

  /** Turns the node on again after `turnOff`. */
  async turnOn(): Promise<void> {
    await this.speak();
    const place = processes().find(({words}) => words.includes(join(state, 'tokens.csv')));
    if (!place) throw new Error('the lab has no API server');
    for (const {words} of this.stopped) {
      const log = openSync(join(state, 'log', `${this.name}-again.log`), 'a');
      const entered = ['--target', String(place.pid), '--net', '--mount', '--pid', ...words];
      spawn('nsenter', entered, {detached: true, stdio: ['ignore', log, log]}).unref();
      if (words[0]?.endsWith('containerd')) await this.isListening();
    }
    this.stopped = [];
  }

  private isListening(): Promise<unknown> {
    const ctr = ['-a', join(this.folder, 'containerd.sock'), 'version'];
    const answers = () => run('ctr', ctr).then(Boolean, () => false);
    return waitFor(`containerd of ${this.name}`, answers, Boolean, {deadlineMs: 20_000});
  }

  private async silence(): Promise<void> {
    await this.rule('add', ['iif', this.bridge]);
    await this.rule('add', ['to', this.pods]);
  }

  /** Lets the node be heard again, whatever was cut off before. */
  private async speak(): Promise<void> {
    const {stdout} = await this.inNetwork(['rule', 'show']);
    const ours = stdout.split('\n').filter((line) => line.includes('blackhole'));
    const selectors = ours.flatMap((line) => /from all (.*?)\s*blackhole/.exec(line)?.[1] ?? []);
    for (const selector of selectors.filter((one) => one.includes(this.bridge) || one.includes(this.pods)))
      await this.rule('del', selector.split(' '));
  }

  private async rule(verb: 'add' | 'del', selector: readonly string[]): Promise<void> {
    await this.inNetwork(['rule', verb, ...selector, 'blackhole']);
  }

  private inNetwork(words: readonly string[]): Promise<{stdout: string}> {
    const place = processes().find((one) => one.words.includes(join(state, 'tokens.csv')));
    return run('nsenter', ['--target', String(place?.pid), '--net', 'ip', ...words]);
  }

  /** containerd, then kubelet. */
  private services(): readonly Process[] {
    const all = processes();
    return [join(this.folder, 'containerd.toml'), join(this.folder, 'kubelet.yaml')].flatMap((file) =>
      all.filter(({words}) => words.includes(file)),
    );
  }

  private containers(controller: string): readonly number[] {
    const root = join('/sys/fs/cgroup', controller, this.cgroup);
    return readdirSync(root, {recursive: true, encoding: 'utf8'})
      .filter((file) => file.endsWith('cgroup.procs'))
      .flatMap((file) => readIfThere(join(root, file)).split('\n'))
      .filter((line) => line !== '')
      .map(Number);
  }
}

function processes(): readonly Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({
      pid: Number(name),
      words: readIfThere(join('/proc', name, 'cmdline'))
        .split('\0')
        .slice(0, -1),
    }));
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended.
  }
}
