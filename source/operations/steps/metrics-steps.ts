// The exporters of metrics: their password before a pod needs it, their role when the writer can make it, and whether
// they read their databases.
import {setTimeout as pause} from 'node:timers/promises';
import {cause, UserError} from '../../core/cause.ts';
import {kubectlHere} from '../../commands/kubectl.ts';
import {hasMetricsPassword, hasMetricsRole} from '../../observation/metrics-role.ts';
import {object} from '../../observation/checks/messages.ts';
import {proofOf, viewOf} from '../../observation/release-view.ts';
import type {Snapshot} from '../../observation/snapshot.ts';
import type {Metrics} from '../../parameters/parameters.ts';
import type {Step} from '../converge.ts';
import type {Scope} from '../ports/index.ts';
import type {MetricsPort} from '../ports/metrics.ts';
import {oncePerRun} from './once-per-run.ts';

export interface MetricsSteps {
  /** Before helm. */
  readonly before: readonly Step<unknown>[];
  /** When the writer serves. */
  readonly role: readonly Step<unknown>[];
  /** When all pods are as they are to be. */
  readonly after: readonly Step<unknown>[];
}

const none: MetricsSteps = {before: [], role: [], after: []};

/**
 * @param isProven whether the exporters read their databases, as an earlier run found
 * @param mayBeThere whether there may be a role to take away, where no metrics are wanted
 */
export function metricsSteps(
  metrics: Metrics | undefined,
  {isProven, mayBeThere}: {readonly isProven: boolean; readonly mayBeThere: boolean},
): MetricsSteps {
  if (metrics === undefined || metrics === 'off') return mayBeThere ? {...none, after: [roleThatGoes()]} : none;
  return {before: [password], role: [role()], after: isProven ? [] : [exportersRead()]};
}

/** Whether a release that is to have no metrics may have had some. */
export function mayHaveMetricsRole(snapshot: Snapshot): boolean {
  return hasMetricsPassword(snapshot) || hasMetricsRole(snapshot) === true;
}

const password: Step<unknown> = {
  name: 'password for metrics',
  done: hasMetricsPassword,
  async run(ports: MetricsPort) {
    await ports.writeMetricsPassword();
    return null;
  },
};

/** What the writer said before the role was changed does not count. */
function role(): Step<unknown> {
  let changedAt = 0;
  return {
    name: 'role for metrics',
    shownAs: {track: 'writer', text: 'the role for metrics is made'},
    done: (snapshot) => hasMetricsPassword(snapshot) && isThere(snapshot, changedAt),
    holdBack: (snapshot) => waitsForProof(snapshot, changedAt),
    async run(ports: MetricsPort & Scope) {
      await ports.writeMetricsPassword();
      await ports.makeMetricsRole();
      changedAt = ports.now();
      return null;
    },
  };
}

/** Whether the role is there; assumed to be so where the user of the database may not ask. */
function isThere(snapshot: Snapshot, since: number): boolean {
  return (proofOf(snapshot, 'writer')?.at ?? 0) > since && hasMetricsRole(snapshot, since) !== false;
}

function waitsForProof(snapshot: Snapshot, since: number): string | null {
  return (proofOf(snapshot, 'writer')?.at ?? 0) > since ? null : 'the writer is to be proven';
}

function roleThatGoes(): Step<unknown> {
  let changedAt = 0;
  return {
    name: 'role for metrics goes',
    shownAs: {track: 'writer', text: 'the role for metrics goes'},
    done: (snapshot) => !hasMetricsPassword(snapshot) && hasMetricsRole(snapshot, changedAt) !== true,
    holdBack: (snapshot) => waitsForProof(snapshot, changedAt),
    async run(ports: MetricsPort & Scope) {
      await ports.dropMetricsRole();
      changedAt = ports.now();
      return null;
    },
  };
}

/** A reader has the role when it has replayed it, and its exporter tries to log in each time that it is asked. */
const exporterTriesMs = 60_000;
const betweenTriesMs = 500;
/** Not longer, because a pod in which nothing can be run reads the password when it starts. */
const givesMs = 15_000;

/** Comes right after the change, because until then no scrape can log in. */
export function exportersGetPassword(pods: readonly string[]): Step<unknown> {
  return oncePerRun({
    name: 'the exporters have theirs',
    shownAs: {track: 'endpoints', text: 'the exporters get their new password'},
    async run(ports: MetricsPort & Scope, _wanted, _snapshot, signal) {
      const given = await Promise.all(pods.map((pod) => untilGiven(ports, pod, signal)));
      const without = pods.filter((_, at) => !given[at]);
      return without.length === 0
        ? null
        : `The exporters of ${without.join(', ')} could not be given their new password as they run: they have it ` +
            'when their pods start.';
    },
  });
}

async function untilGiven(ports: MetricsPort & Scope, pod: string, signal: AbortSignal): Promise<boolean> {
  const deadline = ports.now() + givesMs;
  while (!signal.aborted) {
    if (await ports.giveExporterPassword(pod)) return true;
    if (ports.now() > deadline) return false;
    await pause(betweenTriesMs, undefined, {signal}).catch(() => undefined);
  }
  return false;
}

/** Asks, once in a run, whether the exporters read their databases. */
export function exportersRead(): Step<unknown> {
  return oncePerRun({
    name: 'metrics',
    shownAs: {track: 'endpoints', text: 'the exporters are asked'},
    async run(ports: MetricsPort & Scope, _wanted, snapshot, signal) {
      const {writerPod, readerPods} = viewOf(snapshot);
      const names = [...(writerPod ? [writerPod] : []), ...readerPods].map(({metadata}) => metadata.name);
      const answers = await Promise.all(names.map((name) => untilItReads(ports, name, signal)));
      const notAsked = names.filter((_, at) => answers[at] === 'unknown');
      return notAsked.length === 0
        ? null
        : `Whether the exporters of ${notAsked.join(', ')} read metrics could not be found out from here.`;
    },
  });
}

/** @throws UserError where the exporter does not read its database in time */
async function untilItReads(
  ports: MetricsPort & Scope,
  name: string,
  signal: AbortSignal,
): Promise<'reads' | 'unknown'> {
  const deadline = ports.now() + exporterTriesMs;
  while (!signal.aborted) {
    const answer = await ports.askExporter(name);
    if (answer === 'reads') return answer;
    // A container that has started meanwhile may have found an earlier password.
    await ports.giveExporterPassword(name);
    if (ports.now() > deadline) {
      if (answer === 'unknown') return answer;
      throw new UserError(unread(ports, name));
    }
    await pause(betweenTriesMs, undefined, {signal}).catch(() => undefined);
  }
  throw new UserError(cause('CANCELLED', `Whether the exporter of ${name} reads metrics was not waited for.`));
}

function unread({target}: Scope, name: string): ReturnType<typeof cause> {
  return cause('ENDPOINT_UNPROVEN', `The exporter beside ${name} does not read metrics of its database (pg_up 0).`, {
    object: object('Pod', target, name),
    remedies: [
      {
        title: 'See what it says',
        command: kubectlHere(target, 'logs', name, '-c', 'metrics'),
      },
      {title: 'Run the same command again', again: true},
    ],
  });
}
