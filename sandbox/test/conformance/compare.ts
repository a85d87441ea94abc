// The same requests and commands on two clusters, one row each.
import {commands, type Typed} from './commands.ts';
import {differences, neutral, neutralText} from './neutral.ts';
import type {Answer, Outcome, Place} from './place.ts';
import {requests, type Asked} from './requests.ts';
import {waitFor} from '../../../test/support/wait-for.ts';

export interface Row {
  readonly title: string;
  /** What the real cluster answered: an HTTP or exit code. */
  readonly real: number;
  readonly sandbox: number;
  /** Empty: the same. */
  readonly differences: readonly string[];
}

export async function compareRequests(real: Place, sandbox: Place): Promise<Row[]> {
  const rows: Row[] = [];
  // In their order, because each request finds what those before it left.
  for (const asked of requests) {
    const [there, here] = await Promise.all([settled(real, asked), sandbox.ask(asked)]);
    rows.push({title: asked.title, real: there.code, sandbox: here.code, differences: ofAnswers(asked, there, here)});
  }
  return rows;
}

async function settled(place: Place, asked: Asked): Promise<Answer> {
  const {until} = asked;
  if (!until) return place.ask(asked);
  return waitFor(
    asked.title,
    () => place.ask(asked),
    ({body}) => until(body),
  );
}

export async function compareCommands(real: Place, sandbox: Place): Promise<Row[]> {
  const rows: Row[] = [];
  for (const typed of commands) {
    const [there, here] = await Promise.all([saidByContainer(real, typed), sandbox.run(typed)]);
    rows.push({
      title: titleOf(typed),
      real: there.code,
      sandbox: here.code,
      differences: ofOutcomes(typed, there, here),
    });
  }
  return rows;
}

/** On a busy node kubelet answers with a trouble of its own as if that were the log; a moment later it has the log. */
function saidByContainer(place: Place, typed: Typed): Promise<Outcome> {
  return waitFor(
    titleOf(typed),
    () => place.run(typed),
    ({stdout}) => !typed.args.includes('logs') || !stdout.startsWith('failed to try resolving symlinks'),
  );
}

/** For people: a table in Markdown. */
export function tableOf(heading: string, rows: readonly Row[]): string {
  return [
    `| ${heading} | cluster | sandbox |`,
    '|---|---|---|',
    ...rows.map(
      ({title, real, sandbox, differences: found}) =>
        `| ${title.replaceAll('|', '\\|')} | ${real} | ` +
        `${found.length === 0 ? 'the same' : `${sandbox}: ${found.join('; ').replaceAll('|', '\\|')}`} |`,
    ),
  ].join('\n');
}

function ofAnswers({part}: Asked, real: Answer, sandbox: Answer): string[] {
  const codes =
    real.code === sandbox.code
      ? []
      : [`code: ${real.code} ≠ ${sandbox.code} ${JSON.stringify(sandbox.body)?.slice(0, 200)}`];
  if (part === null || codes.length > 0) return codes;
  return differences(neutral(part(real.body)), neutral(part(sandbox.body)));
}

function ofOutcomes({same}: Typed, real: Outcome, sandbox: Outcome): string[] {
  if (real.code !== sandbox.code)
    return [
      `code: ${real.code} ≠ ${sandbox.code}, ` +
        `${JSON.stringify(neutralText(sandbox.stderr || sandbox.stdout)).slice(0, 300)}`,
    ];
  if (same === 'code') return [];
  const seen = ({stdout, stderr}: Outcome) =>
    same === 'names' ? firstColumn(stdout) : neutralText(`${stdout}\n${stderr}`);
  return differences(seen(real).split('\n'), seen(sandbox).split('\n'), 3);
}

function firstColumn(text: string): string {
  return neutralText(text)
    .split('\n')
    .map((line) => line.trim().split(/\s+/)[0] ?? '')
    .sort()
    .join('\n');
}

function titleOf({program, args}: Typed): string {
  const words = args.filter(
    (arg, index) => !['-n', 'NS'].includes(arg) && !(arg === '--set' || args[index - 1] === '--set'),
  );
  const shown = words.map((word) => (word.startsWith('/') ? 'CHART' : /\s/.test(word) ? `'${word}'` : word));
  return `\`${[program, ...shown].join(' ')}\``;
}
