// preStop and postStart: a command, a request or a sleep. One that fails changes nothing here, because SIGTERM follows
// anyway.
import {setTimeout as pause} from 'node:timers/promises';
import {probeOnce, type ProbeTarget} from './probes/probe.ts';
import type {Handler} from './pod.ts';

/** Never throws. */
export async function runHook(
  hook: Handler & {readonly sleep?: {readonly seconds: number}},
  target: ProbeTarget,
  timeoutMs: number,
): Promise<void> {
  if (hook.sleep) return pause(Math.min(timeoutMs, hook.sleep.seconds * 1000));
  if (hook.exec) return void (await target.run(hook.exec.command ?? [], timeoutMs));
  await probeOnce({...hook, timeoutSeconds: timeoutMs / 1000}, target);
}
