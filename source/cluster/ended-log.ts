// What a pod that has ended wrote. Its log may come late, and kubelet may have lost it: then another pod has to say it.
import {setTimeout as pause} from 'node:timers/promises';
import {clock} from '../core/time.ts';
import type {Api} from './api.ts';
import {linesOfLog} from './log-tails.ts';
import {ifAllowed} from './readable.ts';

const everyMs = 250;
const waitForLogMs = 5000;
/** So many pods are asked. */
export const maxPods = 3;

/**
 * `path`: of the pod. `read`: what is said in its lines; null: not all of it is there yet.
 * @returns null where the log cannot be had. @throws what the signal aborts with
 */
export async function readEndedLog<T>(
  api: Api,
  path: string,
  read: (lines: readonly string[]) => T | null,
  signal?: AbortSignal,
): Promise<T | null> {
  for (const began = clock.now(); ; await pause(everyMs, undefined, signal ? {signal} : {})) {
    const said = read(linesOfLog(await ifAllowed(api.text(`${path}/log`)).catch(() => null)));
    if (said !== null || clock.now() - began > waitForLogMs) return said;
  }
}

/** `run` makes one pod and gives what it said; null: its log is lost. @returns null where that of each one is */
export async function saidByAnyPod<T>(run: () => Promise<T | null>): Promise<T | null> {
  for (let pods = 1; ; pods++) {
    const said = await run();
    if (said !== null || pods === maxPods) return said;
  }
}
