// Plain lines for people without a screen: logs, pipes, dumb terminals.
import type {Cause} from '../../../core/cause.ts';
import {keepingOnly, plainly} from '../../../observation/text/plain-text.ts';
import {waitingWords} from '../../../observation/text/waiting-words.ts';
import {trackTitles} from '../../../observation/text/track-titles.ts';
import type {Plan, Progress, Result} from '../../../plan/progress.ts';
import type {Reporter, Streams} from '../reporter.ts';
import {ledgerLines} from '../../../plan/ledger-text.ts';
import {gapPlot, gapText} from '../../../observation/text/gap-plot.ts';
import {endpointLines} from './endpoint-lines.ts';
import {printLines} from './fit-lines.ts';
import {painter, paintSequence, type Look, type Painter} from '../../../core/signs.ts';
import {clock as monotonic} from '../../../core/time.ts';

/** `reach` makes a command reach the cluster that this run is about. */
export function textReporter(
  {stdout, stderr}: Streams,
  look: Look,
  verbose: boolean,
  reach: (command: string) => string = (command) => command,
): Reporter {
  const paint = painter(look);
  let began = monotonic.now();
  let asksSince: number | null = null;
  /** The time since the operation began, without the time in which a person was being asked. */
  const elapsed = () => {
    if (asksSince !== null) began += monotonic.now() - asksSince;
    asksSince = null;
    return monotonic.now() - began;
  };
  const safe = (line: string) => keepingOnly(paintSequence, line);
  const say = (lines: readonly string[], to = stdout) => printLines(to, lines.map(safe), look.unicode);
  return {
    output: 'text',
    progress: (step) => say(progressLines(plainly(step), paint, elapsed(), verbose)),
    event: () => undefined,
    result: (result) => say(resultLines(plainly(result), look, reach)),
    // Data is printed as it is: neither broken between words nor with other signs.
    answer: (_data, lines) => void lines().forEach((line) => stdout.write(`${safe(line)}\n`)),
    tell: (_data, lines) => say(lines()),
    plan: (plan) => {
      say(['', ...planLines(plainly(plan), paint)]);
      asksSince = monotonic.now();
    },
    failure: (_operation, _outcome, cause) => say(causeLines(cause, paint), stderr),
    cutShort: () => undefined,
  };
}

function progressLines(step: Progress, paint: Painter, ms: number, verbose: boolean): string[] {
  if (step.type === 'track') {
    // Waiting steps are left out: six lines that say "not yet" tell nobody anything.
    if (step.state === 'waiting') return [];
    const waiting = step.waitingFor ? paint.dim(`  waiting: ${waitingWords(step.waitingFor)}`) : '';
    const title = trackTitles[step.track].padEnd(10);
    return [`${clock(ms)}  ${paint.sign(step.state)} ${title} ${step.text}${waiting}`];
  }
  if (step.type === 'log' && step.source === 'operation') return [`${clock(ms)}  ${paint.dot} ${step.text}`];
  if (step.type === 'log')
    return verbose ? [paint.dim(`${clock(ms)}    ${step.object?.name ?? ''}  ${step.text}`)] : [];
  if (step.type === 'warning') return [`${paint.sign('warning')} ${step.message}`];
  return [];
}

function resultLines(result: Result, look: Look, reach: (command: string) => string): string[] {
  const {outcome, cause} = result;
  const paint = painter(look);
  const notes = result.notes.map((note) => `${paint.sign('done')} ${note}`);
  if (outcome === 'planned' && result.files) return ['', ...notes, 'Nothing was changed on the cluster.'];
  if (outcome === 'planned' && result.plan)
    return ['', ...planLines(result.plan, paint), '', 'Dry run: nothing was changed.'];
  if (cause) return ['', ...causeLines(cause, paint), ...notes];
  const place = `${result.release} in ${result.namespace}`;
  const unchanged = result.operation === 'uninstall' ? 'is gone already' : 'is there as wanted, and proven';
  const done =
    outcome === 'unchanged'
      ? `${place} ${unchanged}.`
      : `${place}: ${result.operation} done in ${clock(result.durationMs).trim()}.`;
  return [
    '',
    `${paint.sign('done')} ${done}`,
    ...notes,
    ...writesLines(result, look),
    ...endpointLines(result, paint, reach),
    ...ledgerLines(result.ledger ?? []),
  ];
}

/** When writes were out. For a failover its notes say this, counting from the decision. */
function writesLines({writesOut, durationMs, failover}: Result, {unicode, plots = true}: Look): string[] {
  if (!writesOut || failover) return [];
  const words = `out for ${gapText(writesOut)} at most`;
  if (!plots) return [`  writes   ${words}, ${gapText({forMs: writesOut.afterMs})} after the beginning`];
  return [`  writes   ${gapPlot(writesOut, durationMs, 40, unicode)}  ${words}`];
}

export function causeLines(cause: Cause, paint: Painter): string[] {
  const {code, message, object, firstSeen, evidence, remedies} = plainly(cause);
  const about = object
    ? paint.dim(`  ${object.kind} ${object.namespace ? `${object.namespace}/` : ''}${object.name}`)
    : '';
  const since = firstSeen ? paint.dim(`  since ${firstSeen}`) : '';
  return [
    `${paint.sign('failed')} ${paint.bold(code)}  ${message}`,
    ...(about || since ? [`${about}${since}`] : []),
    ...evidence.map((line) => paint.dim(`    ${line}`)),
    ...remedies.flatMap(({title, command}, index) => [
      `  ${index + 1}. ${title}`,
      ...(command ? [`     ${command}`] : []),
    ]),
  ];
}

function planLines({consequences, command, evidence = []}: Plan, paint: Painter): string[] {
  return [
    ...(evidence.length > 0 ? ['What is seen:', ...evidence.map((line) => paint.dim(`    ${line}`)), ''] : []),
    'What will happen:',
    ...consequences.map(({sentence}) => `  ${paint.dot} ${sentence}`),
    '',
    'The same by command:',
    `  ${command}`,
  ];
}

/** Minutes and seconds, such as `  0:14`. */
function clock(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`.padStart(6);
}
