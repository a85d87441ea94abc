// How long the kubelet waits before it tries again. Kubernetes 1.34: containers and images, 10 s doubling to 5 minutes.

const firstMs = 10_000;
const longestMs = 300_000;
/** A container that ran that long is taken for healthy: its next failure counts as the first. */
export const forgottenAfterMs = 600_000;

/** Milliseconds before the restart after the n-th end in a row, n from 0. The first restart is at once. */
export function restartDelayMs(ends: number): number {
  return ends === 0 ? 0 : pullDelayMs(ends - 1);
}

/** Milliseconds before the next pull after the n-th failed one, n from 0. */
export function pullDelayMs(failures: number): number {
  return Math.min(longestMs, firstMs * 2 ** Math.min(failures, 10));
}

/** As Go prints it: `10s`, `1m20s`, `5m0s` */
export function goDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
