// Events as the real components record them: an event that says the same again is counted, and every event is forgotten
// after an hour.
import {kinds} from './store/kinds.ts';
import type {KubeObject} from './store/objects.ts';
import {timestamp, type Store} from './store/store.ts';

interface Said {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  /** `kubelet`, `default-scheduler`, `statefulset-controller` … */
  readonly component: string;
  /** The node, for an event of a kubelet. */
  readonly host?: string;
  /** The part of the object that the event is about: `spec.containers{postgresql}` */
  readonly fieldPath?: string;
  /**
   * Where it is given, the event has the form of events.k8s.io, as the scheduler's events do: a time of its own, and a
   * series instead of a count.
   */
  readonly action?: string;
}

export interface Recorder {
  record(object: KubeObject, said: Said): void;
  close(): void;
}

const keptMs = 60 * 60 * 1000;
const sweepEveryMs = 60 * 1000;

/** Never throws: an event in a namespace that is being deleted is lost. */
export function recorder(store: Store): Recorder {
  // Text → the name of the event that says it.
  const names = new Map<string, string>();
  let count = 0;
  const sweep = setInterval(() => forget(store, names), sweepEveryMs);
  sweep.unref();
  return {
    record(object, said) {
      const {namespace = 'default', name, uid} = object.metadata;
      const {type, reason, message, component, fieldPath} = said;
      const key = [namespace, object.kind, name, uid, type, reason, message, component, fieldPath].join('\n');
      const known = store.get(kinds.event, namespace, names.get(key) ?? '');
      if (known) {
        store.update(kinds.event, {...known, ...countAfter(known, said)});
        return;
      }
      const made = `${name}.${(Date.now() * 1000 + (count++ % 1000)).toString(16)}`;
      names.set(key, made);
      const place = store.get(kinds.namespace, null, namespace);
      if (place && !place.metadata.deletionTimestamp) store.create(kinds.event, eventOf(object, said, made));
    },
    close: () => clearInterval(sweep),
  };
}

/** What changes in an event that is recorded again. */
function countAfter(known: KubeObject, {action}: Said) {
  if (!action) return {count: Number(known['count'] ?? 1) + 1, lastTimestamp: timestamp()};
  const {count = 1} = (known['series'] ?? {}) as {count?: number};
  return {series: {count: count + 1, lastObservedTime: microTime()}};
}

function eventOf(object: KubeObject, said: Said, name: string): KubeObject {
  const {type, reason, message, component, host, fieldPath, action} = said;
  const {namespace, name: objectName, uid, resourceVersion} = object.metadata;
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: {name, namespace: namespace ?? 'default'},
    involvedObject: {
      kind: object.kind,
      ...(namespace ? {namespace} : {}),
      name: objectName,
      uid,
      apiVersion: object.apiVersion,
      resourceVersion,
      ...(fieldPath ? {fieldPath} : {}),
    },
    reason,
    message,
    type,
    ...(action ? {action, ...timesWithSeries()} : timesWithCount(said)),
    reportingComponent: component,
    reportingInstance: host ?? (action ? `${component}-sandbox` : ''),
  };
}

/** The times as events.k8s.io writes them. */
function timesWithSeries() {
  return {eventTime: microTime(), firstTimestamp: null, lastTimestamp: null, source: {}};
}

/** The times as the core API writes them. */
function timesWithCount({component, host}: Said) {
  const now = timestamp();
  return {
    count: 1,
    firstTimestamp: now,
    lastTimestamp: now,
    eventTime: null,
    source: {component, ...(host ? {host} : {})},
  };
}

/** MicroTime, as the API writes it. */
export function microTime(at = new Date()): string {
  return at.toISOString().replace('Z', '000Z');
}

function forget(store: Store, names: Map<string, string>): void {
  const oldest = timestamp(new Date(Date.now() - keptMs));
  for (const event of store.list(kinds.event)) {
    const {name, namespace = ''} = event.metadata;
    const at = event['lastTimestamp'] ?? event['eventTime'] ?? event.metadata.creationTimestamp;
    if (typeof at === 'string' && at < oldest) store.remove(kinds.event, namespace, name);
  }
  const left = new Set(store.list(kinds.event).map(({metadata}) => metadata.name));
  for (const [key, name] of names) if (!left.has(name)) names.delete(key);
}
