// What the screen is told: of a Snapshot each track when it changes and each event once, and what the operation does.
import {clusterTime} from '../observation/cluster-time.ts';
import {timeOf} from '../observation/event-time.ts';
import type {ClusterEvent} from '../observation/kubernetes.ts';
import {plain} from '../observation/text/plain-text.ts';
import type {Snapshot} from '../observation/snapshot.ts';
import type {Track} from '../observation/tracks.ts';
import type {Progress} from '../plan/progress.ts';
import type {Scope} from './ports/index.ts';

/** `since`: milliseconds since the epoch; events from before are old news. */
export class Announcements {
  private readonly tracks = new Map<string, string>();
  private readonly events = new Set<string>();

  constructor(
    private readonly since: number,
    private readonly tracksOf: (snapshot: Snapshot) => readonly Track[],
  ) {}

  *of(snapshot: Snapshot): Generator<Progress> {
    const time = new Date(snapshot.takenAt).toISOString();
    for (const event of inOrder(snapshot.events)) {
      const key = `${event.metadata.uid ?? event.metadata.name}/${isOfEachSecond(event) ? 'once' : (event.count ?? 1)}`;
      if (this.events.has(key)) continue;
      this.events.add(key);
      if (timeOf(event) < clusterTime(this.since, snapshot) - 1000) continue;
      const {kind, name} = event.involvedObject;
      yield {
        type: 'log',
        time: new Date(timeOf(event)).toISOString(),
        source: 'event',
        object: {kind, namespace: snapshot.target.namespace, name},
        text: plain(event.message ?? event.reason ?? ''),
      };
    }
    for (const track of this.tracksOf(snapshot)) {
      const said = wordsOf(track);
      if (this.tracks.get(track.track) === said) continue;
      this.tracks.set(track.track, said);
      yield {type: 'track', time, ...track};
    }
  }
}

/** A line about what the operation itself does. */
export function operationLine(text: string, ports: Pick<Scope, 'now'>): Progress {
  return {type: 'log', time: new Date(ports.now()).toISOString(), source: 'operation', object: null, text};
}

/** The startup probe asks a starting database each second, and fails until it has started: one such event is enough. */
function isOfEachSecond({reason, message = ''}: ClusterEvent): boolean {
  return reason === 'Unhealthy' && message.startsWith('Startup probe failed');
}

function wordsOf({state, text, waitingFor}: Track): string {
  return [state, text, waitingFor].join('|');
}

function inOrder(events: readonly ClusterEvent[]): ClusterEvent[] {
  return [...events].sort((a, b) => timeOf(a) - timeOf(b));
}
