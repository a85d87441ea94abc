// Which of the writer and its readers restarts first, as their settings ask for it, and the values of the first of two
// steps.
import {cause, type Cause} from '../../core/cause.ts';
import {
  requiredSettings,
  settingsIn,
  type RequiredSettings,
  type RunningSettings,
} from '../../chart/required-settings.ts';
import {at, mergeValues, type Values} from '../../chart/tree.ts';
import {requiredByReaders} from '../../observation/causes/reader-below-writer.ts';
import {isReady, viewOf} from '../../observation/release-view.ts';
import type {Snapshot} from '../../observation/snapshot.ts';
import {restarts, type PodUpdatePlan} from '../../plan/pod-update-plan.ts';
import {
  below,
  betweenSettings,
  largest,
  restartOrder,
  type OrderFacts,
  type RestartOrder,
} from '../../plan/restart-order.ts';
import type {DatabasePort} from '../ports/database.ts';

export interface SettingsOrder {
  readonly order: RestartOrder;
  /** The values that helm applies in the first of two steps; null where there is only one step. */
  readonly between: Values | null;
  /** Why the change is refused: readers would have less than their writer for good. Null: it is not refused. */
  readonly refusal: Cause | null;
}

interface OrderInput {
  readonly before: Snapshot;
  readonly podUpdates: readonly PodUpdatePlan[];
  readonly readReplicaCount: number;
  /** The values as helm has recorded them; null: they are not known. */
  readonly recorded: Values | null;
  readonly values: Values;
}

const readersFirst: SettingsOrder = {order: 'readers first', between: null, refusal: null};
/** Set only so that the readers' pod template differs between the two steps. */
const annotation = 'pg-helm-install/settings-of-the-writer';

/** Asks the servers that run: an interrupted change may have left another value in them than helm has recorded. */
export async function settingsOrder(asked: OrderInput, database: DatabasePort): Promise<SettingsOrder> {
  const {before, podUpdates, readReplicaCount, values} = asked;
  const {writerPod, readerPods, desiredReaders} = viewOf(before);
  const isConcerned = podUpdates.some(restarts) || desiredReaders < readReplicaCount || !readerPods.every(isReady);
  if (readReplicaCount === 0 || !isConcerned) return readersFirst;
  const running = [writerPod, ...readerPods].flatMap((pod) => (pod && isReady(pod) ? [pod.metadata.name] : []));
  const facts = factsOf(asked, await database.runningSettings(running));
  const lacking = below(facts.readers.desired, facts.writer.desired);
  if (lacking.length > 0) return {...readersFirst, refusal: readersBelow(facts, lacking, before)};
  const order = restartOrder(facts);
  return {order, between: order === 'in two steps' ? valuesBetween(values, facts) : null, refusal: null};
}

function factsOf(
  {before, readReplicaCount, recorded, values}: OrderInput,
  running: Readonly<Record<string, RunningSettings>>,
): OrderFacts {
  const {writerPod, readerPods, desiredReaders, streaming} = viewOf(before);
  const [is, will] = [recorded ? settingsIn(recorded) : null, settingsIn(values)];
  const writer = running[writerPod?.metadata.name ?? ''] ?? null;
  const readers = readerPods.flatMap(({metadata: {name}}) => running[name] ?? []);
  const ofReaders = readers.map(valuesOf);
  return {
    writer: {
      // The record may be of a change that was interrupted before the writer ran with it. A reader that runs has at
      // least what the writer had when both last ran.
      now: writer ? valuesOf(writer) : largest(is?.writer ?? {}, ...ofReaders),
      desired: {...will.writer, ...fixedIn(writer ? [writer] : [])},
    },
    readers: {
      // A reader's copy holds what ALTER SYSTEM wrote on the writer.
      desired: {...will.reader, ...fixedIn(readers)},
      now: ofReaders.length > 0 ? ofReaders : is ? [is.reader] : [],
      said: requiredByReaders(before),
      allFollow: streaming >= desiredReaders && desiredReaders >= readReplicaCount,
    },
  };
}

function valuesOf(running: RunningSettings): RequiredSettings {
  return Object.fromEntries(Object.entries(running).map(([name, {value}]) => [name, value]));
}

/** The settings that all of the servers keep, whatever the values say. */
function fixedIn(running: readonly RunningSettings[]): RequiredSettings {
  return Object.fromEntries(
    requiredSettings.flatMap((name) => {
      const fixed = running.flatMap((one) => (one[name]?.isFixed ? [one[name].value] : []));
      return fixed.length > 0 && fixed.length === running.length ? [[name, Math.min(...fixed)]] : [];
    }),
  );
}

/** The desired values, but with readers that have as much as the writer has, both before and after it restarts. */
function valuesBetween(values: Values, facts: OrderFacts): Values {
  const needed = betweenSettings(facts);
  const lines = below(facts.readers.desired, needed).map((name) => `${name} = ${needed[name] ?? ''}`);
  const own = at(values, ['readReplicas', 'extendedConfiguration']);
  return mergeValues(values, {
    readReplicas: {
      extendedConfiguration: [...(typeof own === 'string' && own !== '' ? [own] : []), ...lines].join('\n'),
      podAnnotations: {[annotation]: lines.join(', ')},
    },
  });
}

function readersBelow(
  {writer, readers}: OrderFacts,
  lacking: readonly (keyof RequiredSettings)[],
  {target}: Snapshot,
): Cause {
  const pairs = lacking.map(
    (name) => `${name} ${readers.desired[name] ?? '?'}, the writer ${writer.desired[name] ?? '?'}`,
  );
  return cause(
    'BAD_INPUT',
    `The readers of ${target.release} would have less than their writer (${pairs.join('; ')}): PostgreSQL does ` +
      'not start such a reader, and one that runs stops following. Nothing was changed.',
    {
      object: {kind: 'Release', namespace: target.namespace, name: target.release},
      remedies: [
        {
          title:
            'Give the readers at least the same: ' +
            `${lacking.map((name) => `${name} = ${writer.desired[name] ?? ''}`).join(', ')} in ` +
            'readReplicas.extendedConfiguration of the file for --values',
        },
      ],
    },
  );
}
