// Composition: reads the command line, runs the command, ends the process. A command's own code is loaded when it is
// called.
import {UserError, badInput, type Cause} from './core/cause.ts';
import {changesSomething} from './cli/changes.ts';
import {commands} from './cli/index.ts';
import type {Command, Invocation} from './cli/command.ts';
import {text, timeoutOf} from './cli/options.ts';
import type {ParsedLine} from './cli/parse.ts';
import {createReporter} from './cli/output/create-reporter.ts';
import type {Reporter, OutputFormat} from './cli/output/reporter.ts';
import type {HelmProgram} from './client/settings.ts';
import {exitCodeOf, exitCodes} from './core/outcome.ts';
import {withHeartbeat} from './cli/heartbeat.ts';
import {stoppedOnRequest} from './cli/stopped.ts';
import {onLostOutput} from './cli/lost-output.ts';
import {wantsLines} from './core/accessible.ts';
import {takeFromEnvironment} from './core/own-environment.ts';
import {inAscii, showsUnicode} from './core/signs.ts';
import {isReadOnly, assertNotReadOnly} from './core/read-only.ts';

declare const __VERSION__: string;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  // A child must not find it, and neither must a crash report: it was taken at the start.
  const environmentPassword = takeFromEnvironment('PGHI_PASSWORD');
  const environment = {...process.env};

  const output = outputOf(args);
  let reporter = reporterFor(output, args);
  const where = {release: null as string | null, namespace: null as string | null, context: null as string | null};
  const interrupts = {ignored: false};
  let parsed: ParsedLine | null = null;
  const nameOf = () => (parsed?.kind === 'command' ? parsed.command.name : 'pg-helm-install');
  const stop = stopOnSignals(interrupts, () => reporter.cutShort(nameOf(), stoppedOnRequest, where));
  const lostOutput = onLostOutput(process, () => changesUnasked(parsed));
  try {
    parsed = await parse(args);
    if (parsed.kind === 'text') {
      answerText(parsed.text, output, reporter);
      return exitCodes.ok;
    }
    assertSharedOptions(parsed.options);
    where.release = parsed.release;
    assertMayChange(parsed, environment);
    const run = await parsed.command.load();
    const {command, release, words, options} = parsed;
    const invocation: Invocation = await onItsCluster(
      {
        release,
        words,
        options,
        environment,
        environmentPassword,
        output,
        reporter,
        interrupts,
        where,
        stdin: process.stdin,
        stdout: process.stdout,
        stderr: process.stderr,
        reach: (command) => command,
        signal: stop.signal,
        asking: {isOpen: false},
        runCommand,
        obtainHelm: (missing) => obtainHelm(invocation, missing, command),
      },
      parsed.command.name,
      args,
    );
    reporter = invocation.reporter;
    const code = await withHeartbeat(run, invocation, parsed.command.watches !== true);
    // Who waits for a result must not take an empty one for success.
    if (code === exitCodes.ok && lostOutput.missing()) return exitCodes.failed;
    return code === exitCodeOf('cancelled', null, 'SIGINT') ? exitCodeOf('cancelled', null, stop.by()) : code;
  } catch (error) {
    const operation = nameOf();
    const failed = await failureOf(error, stop.signal.aborted);
    if (failed) {
      reporter.failure(operation, failed.outcome, failed.reason, where);
      return exitCodeOf(failed.outcome, failed.reason.code, stop.by());
    }
    await answerBug(error, {args, environment, environmentPassword, output, reporter, where, operation});
    return exitCodes.bug;
  }
}

/** What nobody expected: where its log is, in the format that was asked for. */
async function answerBug(error: unknown, {args, operation, ...run}: BugContext): Promise<void> {
  const {environment, environmentPassword, output, reporter, where} = run;
  const {reportBug} = await import('./cli/bug-report.ts');
  const {cause, ...bug} = await reportBug(error, {
    args,
    version: __VERSION__,
    environment,
    hide: environmentPassword === null ? [] : [environmentPassword],
  });
  if (output === 'text') process.stderr.write(`${bug.message}\n`);
  else reporter.failure(operation, 'failed', cause, where, {bug});
}

type BugContext = Pick<Invocation, 'environment' | 'environmentPassword' | 'output' | 'reporter' | 'where'> & {
  readonly args: readonly string[];
  readonly operation: string;
};

/** The same as data: the version, or a help. */
function dataOf(text: string): object {
  const isVersion = text.trim() === __VERSION__;
  return {
    operation: isVersion ? 'version' : 'help',
    outcome: 'succeeded',
    ...(isVersion ? {version: __VERSION__} : {help: text}),
  };
}

/** The version, or a help. */
function answerText(text: string, output: OutputFormat, reporter: Reporter): void {
  if (output === 'text') process.stdout.write(showsUnicode(process.env) ? text : inAscii(text));
  else reporter.answer(dataOf(text), () => []);
}

async function runCommand(name: string, invocation: Invocation): Promise<number> {
  const command = commands.find((one) => one.name === name);
  if (!command) throw new Error(`there is no command ${name}`);
  return (await command.load())(invocation);
}

async function obtainHelm(invocation: Invocation, missing: Cause, command: Command): Promise<HelmProgram> {
  const {obtainHelm: obtain} = await import('./cli/obtain-helm.ts');
  return obtain(invocation, missing, command);
}

type StopSignal = 'SIGINT' | 'SIGTERM';

/** The first signal asks to stop; `by` says which it was, null: none yet. */
function stopOnSignals(
  interrupts: Invocation['interrupts'],
  cutShort: () => void,
): {signal: AbortSignal; by: () => StopSignal | null} {
  const stop = new AbortController();
  let stopSignal: StopSignal | null = null;
  const onSignal = (signal: NodeJS.Signals) => {
    if (interrupts.ignored && signal === 'SIGINT') return;
    // The second one leaves at once: what was begun goes on in the cluster.
    if (stopSignal) {
      cutShort();
      process.exit(signal === 'SIGTERM' ? 143 : 130);
    }
    stopSignal = signal === 'SIGTERM' || signal === 'SIGHUP' ? 'SIGTERM' : 'SIGINT';
    stop.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  return {signal: stop.signal, by: () => stopSignal};
}

/** Whether it changes something and asks nobody: then it goes on although nobody reads what it says. */
function changesUnasked(parsed: ParsedLine | null): boolean {
  return parsed?.kind === 'command' && parsed.options['yes'] === true && parsed.options['dryRun'] !== true;
}

/** @throws UserError BAD_INPUT for what several commands read alike, before any of them asks the cluster */
function assertSharedOptions(options: Invocation['options']): void {
  const format = text(options['output']) ?? 'text';
  timeoutOf(options);
  if (!['text', 'json', 'ndjson'].includes(format))
    throw badInput(`--output: "${format}" is none of text, json, ndjson.`);
}

/** @throws UserError READ_ONLY */
function assertMayChange(
  parsed: Extract<ParsedLine, {kind: 'command'}>,
  environment: Readonly<Record<string, string | undefined>>,
): void {
  if (changesSomething(parsed)) assertNotReadOnly(environment, parsed.command.name);
}

/** With `--sandbox` it is about the sandbox; what it proposes reaches the cluster that it is about. */
async function onItsCluster(given: Invocation, command: string, args: readonly string[]): Promise<Invocation> {
  const isInSandbox = (given.options['sandbox'] === true && command !== 'sandbox') || command === 'demo';
  const invocation = isInSandbox ? await (await import('./cli/in-sandbox.ts')).inSandbox(given, command) : given;
  const {kubeconfig, context} = invocation.options;
  if (kubeconfig === undefined && context === undefined) return invocation;
  const [{reachableReporter}, {reachOf}] = await Promise.all([
    import('./cli/output/reachable-reporter.ts'),
    import('./client/reachable-commands.ts'),
  ]);
  const reach = reachOf(invocation, typeof context === 'string' ? context : null);
  if (!reach) return invocation;
  return {...invocation, reach, reporter: reachableReporter(reporterFor(given.output, args, reach), reach)};
}

/** How it ended without a result. Null: it is a bug. */
async function failureOf(
  error: unknown,
  isStopped: boolean,
): Promise<{readonly outcome: 'cancelled' | 'refused'; readonly reason: Cause} | null> {
  const known = await knownError(error);
  if (known) return {outcome: isStopped ? 'cancelled' : 'refused', reason: known};
  return isStopped ? {outcome: 'cancelled', reason: stoppedOnRequest} : null;
}

/** Without arguments there is nothing to parse, and the first frame comes sooner. */
async function parse(args: readonly string[]): Promise<ParsedLine> {
  if (args[0] === '__complete') {
    const {completeCommand} = await import('./cli/completion/complete.ts');
    return {kind: 'command', command: completeCommand, release: null, words: args.slice(1), options: {}};
  }
  const wizard = opensWizard(args);
  const command = commands.find(({name}) => name === 'wizard');
  if (wizard && args.length === 0 && command) return {kind: 'command', command, release: null, words: [], options: {}};
  const {parseCommandLine} = await import('./cli/parse.ts');
  return parseCommandLine(wizard ? ['wizard', ...args] : args, commands, __VERSION__, isReadOnly(process.env));
}

async function knownError(error: unknown): Promise<Cause | null> {
  if (error instanceof UserError) return error.reason;
  const {causeIn} = await import('./client/errors.ts');
  return causeIn(error);
}

/**
 * Without a command, a person on a terminal gets the screens; a script gets told what is missing.
 * @throws UserError where there is a terminal and nothing can be drawn on it
 */
function opensWizard(args: readonly string[]): boolean {
  const asksForText = args.some((arg) => ['-h', '--help', '-V', '--version'].includes(arg));
  const asksInLines = wantsLines(process.env, args.includes('--plain'));
  const isTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
  const wantsScreens = isTerminal && !asksForText && (args.length === 0 || args[0]?.startsWith('-') === true);
  if (wantsScreens && !asksInLines && process.env['TERM'] === 'dumb') {
    throw badInput(
      'The screens need a terminal that can move its cursor; TERM=dumb says that this one cannot. Commands print ' +
        'plain lines, and --plain asks in lines.',
      [{title: 'See which there are', command: 'pg-helm-install --help'}],
    );
  }
  return wantsScreens;
}

/** Before the command line is understood: a wrong one must be answered in the format it asks for. */
function outputOf(args: readonly string[]): OutputFormat {
  const found = args.flatMap((arg, index) => {
    if (arg === '--output' || arg === '-o') return args[index + 1] ?? [];
    return /^(?:--output=|-o=?)(.+)$/.exec(arg)?.[1] ?? [];
  });
  const last = found.at(-1);
  return last === 'json' || last === 'ndjson' ? last : 'text';
}

/** Before the command line is understood, as the format is. */
function reporterFor(output: OutputFormat, args: readonly string[], reach?: Invocation['reach']): Reporter {
  const has = (flag: string) => args.includes(flag);
  const flags = {noColour: has('--no-color'), verbose: has('--verbose'), plain: has('--plain')};
  return createReporter(output, flags, reach);
}
