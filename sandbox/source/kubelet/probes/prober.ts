// The probes of a running container, again and again, as kubelet does: readiness and liveness wait for startup, and
// readiness is asked at once when it succeeds.
import type {Container, Probe} from '../pod.ts';
import {probeOnce, type ProbeTarget} from './probe.ts';

type ProbeKind = 'Startup' | 'Readiness' | 'Liveness';

interface ProberEvents {
  /** Called when `started` or `ready` has changed. */
  onChange(): void;
  onFailure(kind: ProbeKind, output: string): void;
  /** Called when the container is to be killed. */
  onUnhealthy(kind: ProbeKind): void;
}

/** Passes and failures in a row. */
interface Counts {
  readonly passes: number;
  readonly failures: number;
}

export class Prober {
  started: boolean;
  ready = false;
  readonly #timers = new Map<ProbeKind, NodeJS.Timeout>();
  readonly #startedAt = performance.now();
  #ended = false;

  constructor(
    readonly container: Container,
    readonly target: ProbeTarget,
    readonly events: ProberEvents,
  ) {
    this.started = container.startupProbe === undefined;
  }

  begin(): void {
    const {startupProbe} = this.container;
    if (startupProbe) this.#begin('Startup', startupProbe);
    else this.#go();
  }

  end(): void {
    this.#ended = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  /** Begins the probes that wait for the startup probe. */
  #go(): void {
    const {readinessProbe, livenessProbe} = this.container;
    if (readinessProbe) this.#begin('Readiness', readinessProbe);
    else {
      this.ready = true;
      this.events.onChange();
    }
    if (livenessProbe) this.#begin('Liveness', livenessProbe);
  }

  #begin(kind: ProbeKind, probe: Probe): void {
    const sinceStart = performance.now() - this.#startedAt;
    this.#later(kind, probe, Math.max(0, (probe.initialDelaySeconds ?? 0) * 1000 - sinceStart), {
      passes: 0,
      failures: 0,
    });
  }

  #later(kind: ProbeKind, probe: Probe, delayMs: number, counts: Counts): void {
    this.#timers.set(
      kind,
      setTimeout(() => void this.#probe(kind, probe, counts), delayMs),
    );
  }

  async #probe(kind: ProbeKind, probe: Probe, {passes, failures}: Counts): Promise<void> {
    const beganAt = performance.now();
    const {passed, output} = await probeOnce(probe, this.target);
    if (this.#ended) return;
    const counts = passed ? {passes: passes + 1, failures: 0} : {passes: 0, failures: failures + 1};
    if (!passed) this.events.onFailure(kind, output);
    if (!this.#goesOn(kind, probe, counts)) return;
    this.#later(kind, probe, Math.max(0, (probe.periodSeconds ?? 10) * 1000 - (performance.now() - beganAt)), counts);
  }

  /** Draws the consequences of that many passes or failures. @returns whether the probe goes on */
  #goesOn(kind: ProbeKind, probe: Probe, counts: Counts): boolean {
    const good = counts.passes >= (probe.successThreshold ?? 1);
    const bad = counts.failures >= (probe.failureThreshold ?? 3);
    if (kind === 'Readiness' && (good || bad) && this.ready !== good) {
      this.ready = good;
      this.events.onChange();
    }
    if (kind === 'Startup' && good) {
      this.started = true;
      this.events.onChange();
      this.#timers.delete(kind);
      this.#go();
      return false;
    }
    if (kind !== 'Readiness' && bad) {
      this.end();
      this.events.onUnhealthy(kind);
      return false;
    }
    return true;
  }
}
