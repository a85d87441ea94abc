// Reads the log of a pod that has ended. The log may come late, or the kubelet may have lost it: then another pod has
// to write it again.
import {setTimeout as pause} from 'node:timers/promises';
import {clock} from '../core/time.ts';
import type {Api} from './api.ts';
import {linesOfLog} from './log-tails.ts';
import {ifAllowed} from './readable.ts';

const everyMs = 250;
const waitForLogMs = 5000;
/** How many pods are tried at most. */
export const maxPods = 3;

/**
 * `path`: of the pod. `read`: takes the result from the lines; null: they are not all there yet.
 * @returns null where the log is lost.
 * @throws what the signal aborts with
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

/** `run` makes one pod and returns what its log says; null: the log is lost. @returns null where every log is lost */
export async function firstAnswerOfPods<T>(run: () => Promise<T | null>): Promise<T | null> {
  for (let pods = 1; ; pods++) {
    const said = await run();
    if (said !== null || pods === maxPods) return said;
  }
}
