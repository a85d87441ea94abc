// For operators who have the lines read aloud: during a long wait, says that the operation goes on.
import {wantsLines} from '../core/accessible.ts';
import {clock} from '../core/time.ts';
import type {Invocation, Run} from './command.ts';
import type {Reporter} from './output/reporter.ts';

const heartbeatMs = 30_000;

/** Runs a command, and says something when an operation was silent for a while; not while a question is open. */
export async function withHeartbeat(run: Run, invocation: Invocation): Promise<number> {
  const {reporter, stdout, environment, options} = invocation;
  const isWanted = wantsLines(environment, options['plain'] === true) && stdout.isTTY === true;
  if (!isWanted || reporter.output !== 'text') return run(invocation);
  let began: number | null = null;
  let saidAt: number | null = null;
  const timer = setInterval(() => {
    const now = clock.now();
    if (began === null || saidAt === null || now - saidAt < heartbeatMs) return;
    saidAt = now;
    stdout.write(`Still at work, ${Math.round((now - began) / 1000)} s so far.\n`);
  }, 1000);
  const beating: Reporter = {
    ...reporter,
    progress: (step) => {
      saidAt = clock.now();
      began ??= saidAt;
      reporter.progress(step);
    },
    plan: (plan) => {
      saidAt = null;
      reporter.plan(plan);
    },
  };
  try {
    return await run({...invocation, reporter: beating});
  } finally {
    clearInterval(timer);
  }
}
