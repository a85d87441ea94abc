// What a shell makes of the commands that the program prints: the shell itself reads them, with functions in place of
// the programs, so that nothing of this machine is run.
import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {parse} from '../../source/cli/parse-operation.ts';
import {parseCommandLine} from '../../source/cli/parse.ts';
import {commands} from '../../source/cli/index.ts';
import {isOperationKind} from '../../source/cli/operation-of.ts';
import {reachOf} from '../../source/client/reachable-commands.ts';
import {kubectlFlags} from './kubectl-flags.ts';

interface Invocation {
  readonly program: string;
  readonly args: readonly string[];
}

interface Pasted {
  readonly invocations: readonly Invocation[];
  /** The shell's exit code, which is 2 where it does not understand the line. */
  readonly code: number;
}

/** The shell records our program, kubectl and helm, and any other program by its name; it runs none of them. */
const shell = [
  'PATH=/nowhere',
  // Written in one go, because both ends of a pipe are at work at the same time.
  'record() { printf "%s\\0" "$@" $\'\\1\' >&3; }',
  'kubectl() { record kubectl "$@"; }',
  'helm() { record helm "$@"; }',
  'pg-helm-install() { record pg-helm-install "$@"; }',
  'command_not_found_handle() { record "$@"; }',
  'for line in "$@"; do ( eval "$line" ) </dev/null; printf "\\2%s\\3" "$?" >&3; done',
].join('\n');

function paste(lines: readonly string[]): readonly Pasted[] {
  const folder = mkdtempSync(join(tmpdir(), 'pghi-pasted-'));
  const options = {cwd: folder, stdio: 'ignore'} as const;
  try {
    execFileSync('bash', ['-c', `exec 3>>recorded; ${shell}`, 'bash', ...lines], options);
    return readFileSync(join(folder, 'recorded'), 'utf8')
      .split('\u0003')
      .slice(0, -1)
      .map((one) => {
        const [all = '', code = ''] = one.split('\u0002');
        const invocations = all.split('\u0001\0').slice(0, -1);
        return {
          code: Number(code),
          invocations: invocations.map((words) => {
            const [program = '', ...args] = words.split('\0').slice(0, -1);
            return {program, args};
          }),
        };
      });
  } finally {
    rmSync(folder, {recursive: true});
  }
}

/**
 * @param causes the commands of each cause, which are all about one cluster
 * @returns what is wrong with them, in words; empty: nothing
 */
export function problemsWhenPasted(causes: readonly (readonly string[])[]): readonly string[] {
  const elsewhere = reachOf({options: {kubeconfig: '/home/ann lee/config'}});
  const lines = [...new Set(causes.flat())];
  const reached = lines.map((line) => elsewhere?.(line) ?? line);
  const all = paste([...lines, ...reached]);
  const of = new Map(lines.map((line, index) => [line, all[index]]));
  const ofCauses = causes.flatMap((commands) => {
    const invocations = commands.flatMap((command) => of.get(command)?.invocations ?? []);
    const contexts = invocations.map(contextOf).filter((one) => one !== null);
    return commands.map((command) => ({command, context: contexts[0] ?? null}));
  });
  const problems = [
    ...ofCauses.flatMap(({command, context}) =>
      problemsOf(command, of.get(command), (one) =>
        context === null || contextOf(one) === context ? null : `does not name the context ${context}`,
      ),
    ),
    ...reached.flatMap((line, index) =>
      problemsOf(line, all[lines.length + index], ({args}) =>
        args.join(' ').includes('--kubeconfig /home/ann lee/config') ? null : 'does not reach that cluster',
      ),
    ),
  ];
  return [...new Set(problems)];
}

function problemsOf(
  line: string,
  pasted: Pasted | undefined,
  whereWrong: (one: Invocation) => string | null,
): readonly string[] {
  if (!pasted || pasted.code === 2 || pasted.invocations.length === 0) return [`${line}\n  is no command to a shell`];
  return pasted.invocations.flatMap((one) => {
    const problem = wrongWords(one) ?? (isLocal(one) ? null : whereWrong(one));
    return problem === null ? [] : [`${line}\n  ${one.program} ${one.args.join(' ')}: ${problem}`];
  });
}

function contextOf({program, args}: Invocation): string | null {
  const at = args.indexOf(program === 'helm' ? '--kube-context' : '--context');
  return at === -1 ? null : (args[at + 1] ?? null);
}

/** Whether a command asks no cluster. */
function isLocal({program, args}: Invocation): boolean {
  if (program === 'pg-helm-install') return args[0] === 'sandbox' || args.includes('--sandbox') || args.length === 0;
  if (program === 'helm') return ['pull', 'registry', 'show', 'version', 'dependency'].includes(args[0] ?? '');
  return program !== 'kubectl' || args[0] === 'config';
}

function wrongWords({program, args}: Invocation): string | null {
  if (program === 'pg-helm-install') return wrongForUs(args);
  if (program === 'kubectl') return wrongForKubectl(args);
  return null;
}

/** A word in capitals is a place to fill in. */
const blank = /^[A-Z][A-Z_]+$|=[A-Z_]+$/;

function wrongForUs(args: readonly string[]): string | null {
  // Without a command the program opens the screens.
  if (args[0]?.startsWith('-')) return null;
  try {
    const parsed = parseCommandLine(args, commands, '');
    const name = parsed.kind === 'command' ? parsed.command.name : '';
    if (isOperationKind(name) && !args.some((word) => blank.test(word))) parse(args);
    return null;
  } catch (error) {
    return String(error);
  }
}

function wrongForKubectl(args: readonly string[]): string | null {
  const end = args.indexOf('--');
  const own = end === -1 ? args : args.slice(0, end);
  const {verb, flags} = verbAndFlags(own);
  const known = kubectlFlags[verb];
  if (!known) return `kubectl-flags.ts does not know the verb "${verb}"`;
  const unknown = flags.filter((flag) => !known.includes(flag));
  return unknown.length === 0 ? null : `kubectl ${verb} has no ${unknown.join(', ')}`;
}

/** All flags before the verb take a value. */
function verbAndFlags(args: readonly string[]): {verb: string; flags: readonly string[]} {
  const flags = args.filter((word) => /^-./.test(word)).map((word) => word.replace(/=.*/s, ''));
  let at = 0;
  while (/^-/.test(args[at] ?? '')) at += args[at]?.includes('=') ? 1 : 2;
  const words = args.slice(at, at + 3);
  const verb = [3, 2, 1].map((count) => words.slice(0, count).join(' ')).find((one) => kubectlFlags[one]);
  return {verb: verb ?? words.join(' '), flags};
}
