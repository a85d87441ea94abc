// sandbox up, down, status and fault: the cluster in a process of this machine, and what is wrong with it on request.
import {
  ensureSandbox,
  parseFaults,
  runningSandbox,
  sandboxFiles,
  setFaults,
  stopSandbox,
  wordsOf,
  type SandboxFiles,
  type SandboxRecord,
} from '@pg-helm-install/sandbox';
import {ownCommand} from '../commands/command-line.ts';
import {badInput, UserError, cause} from '../core/cause.ts';
import type {Invocation, Run} from './command.ts';
import {askSandbox} from './sandbox-cause.ts';
import {makeLegacy} from '../client/legacy-release.ts';
import {legacyLines} from './sandbox-legacy.ts';
import {text} from './session.ts';

const actions: Readonly<Record<string, Run>> = {up, down, status, fault};

export const runSandbox: Run = async (invocation) => {
  const [action = ''] = invocation.words;
  const run = Object.hasOwn(actions, action) ? actions[action] : undefined;
  if (!run) throw badInput(`sandbox: "${action}" is none of up, down, status, fault.`);
  if (action !== 'fault' && invocation.words.length > 1)
    throw badInput(`sandbox ${action} takes nothing more; "${invocation.words[1]}" is too much.`);
  const asked = text(invocation.options['with']);
  if (asked !== null && (action !== 'up' || asked !== 'legacy'))
    throw badInput(`sandbox ${action} --with ${asked}: it is "sandbox up --with legacy".`);
  return run(invocation);
};

async function up(invocation: Invocation): Promise<number> {
  const {environment, output, stderr, options} = invocation;
  const files = sandboxFiles(environment);
  const before = await runningSandbox(files);
  const onDoing = (what: string) => {
    if (output === 'text') stderr.write(`${what}\n`);
  };
  const record = await askSandbox(() => ensureSandbox(files, {environment, onDoing}));
  const legacy = text(options['with']) === null ? null : await makeLegacy(invocation, files);
  const isUnchanged = before !== null && legacy !== 'made';
  invocation.reporter.tell(
    {operation: 'sandbox up', outcome: isUnchanged ? 'unchanged' : 'succeeded', ...sandboxAnswer(files, record)},
    () => [
      before
        ? 'The sandbox was running.'
        : 'The sandbox is running. It is a process of this machine, not a cluster: sandbox/README.md says how it ' +
          'differs.',
      ...lines(files, record),
      ...(legacy === null ? ['Next: pg-helm-install --sandbox'] : legacyLines(legacy)),
    ],
  );
  return 0;
}

async function down(invocation: Invocation): Promise<number> {
  const {environment, options} = invocation;
  const files = sandboxFiles(environment);
  const deletes = options['delete'] === true;
  const ran = await stopSandbox(files, deletes);
  invocation.reporter.tell(
    {operation: 'sandbox down', outcome: ran ? 'succeeded' : 'unchanged', folder: files.folder, deleted: deletes},
    () => [
      ran ? 'The sandbox has stopped, and its PostgreSQL processes with it.' : 'The sandbox did not run.',
      deletes
        ? `Nothing is left of ${files.folder}.`
        : `What it kept is in ${files.folder}; sandbox up goes on with it, sandbox down --delete removes it.`,
    ],
  );
  return 0;
}

async function status(invocation: Invocation): Promise<number> {
  const files = sandboxFiles(invocation.environment);
  const record = await runningSandbox(files);
  const data = {
    operation: 'sandbox status',
    running: record !== null,
    ...(record ? {...sandboxAnswer(files, record), faults: record.faults} : {folder: files.folder}),
  };
  invocation.reporter.tell(data, () =>
    record
      ? ['The sandbox is running.', ...lines(files, record), ...faultLines(record)]
      : ['The sandbox does not run. sandbox up starts it.'],
  );
  return record ? 0 : 3;
}

async function fault(invocation: Invocation): Promise<number> {
  const {options, words} = invocation;
  const files = sandboxFiles(invocation.environment);
  const asked = words.slice(1);
  const faults = asked.length > 0 ? await askSandbox(() => parseFaults(asked, text(options['seed']))) : null;
  const record = await runningSandbox(files);
  if (!record) {
    throw new UserError(
      cause('CLUSTER_UNREACHABLE', 'The sandbox does not run, so nothing in it can fail.', {
        remedies: [{title: 'Start it', command: ownCommand('sandbox', 'up')}],
      }),
    );
  }
  const now = faults ? await askSandbox(() => setFaults(files, faults)) : record;
  invocation.reporter.tell(
    {operation: 'sandbox fault', outcome: faults ? 'succeeded' : 'unchanged', faults: now.faults},
    () => faultLines(now),
  );
  return 0;
}

function sandboxAnswer({folder, kubeconfig, log}: SandboxFiles, {pid, port, startedAt}: SandboxRecord) {
  return {folder, kubeconfig, log, pid, port, startedAt};
}

function lines({folder, kubeconfig}: SandboxFiles, {pid, port}: SandboxRecord): string[] {
  return [`  kubeconfig  ${kubeconfig}`, `  folder      ${folder}`, `  process     ${pid}, on 127.0.0.1:${port}`];
}

function faultLines({faults}: SandboxRecord): string[] {
  const on = wordsOf(faults);
  return on.length === 0
    ? ['Nothing is made to fail.']
    : [`Made to fail: ${on.join(', ')}. sandbox fault none ends it.`];
}
