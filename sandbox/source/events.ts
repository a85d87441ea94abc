// Events as the real components record them: one that says the same again is counted, and all of them are forgotten
// after an hour.
import {kinds} from './store/kinds.ts';
import type {KubeObject} from './store/objects.ts';
import {timestamp, type Store} from './store/store.ts';

export interface Said {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  /** `kubelet`, `default-scheduler`, `statefulset-controller` … */
  readonly component: string;
  /** The node, of a kubelet's. */
  readonly host?: string;
  /** Of the object: `spec.containers{postgresql}` */
  readonly fieldPath?: string;
  /**
   * Given: it is written as events.k8s.io does, as the scheduler's are: a time of its own, and no count but a series.
   */
  readonly action?: string;
}

export interface Recorder {
  record(object: KubeObject, said: Said): void;
  close(): void;
}

const keptMs = 60 * 60 * 1000;
const sweepEveryMs = 60 * 1000;

/** Never throws: an event of an object whose namespace goes away is lost. */
export function recorder(store: Store): Recorder {
  // Text → the name of the event that says it.
  const names = new Map<string, string>();
  let count = 0;
  const sweep = setInterval(() => forget(store, names), sweepEveryMs);
  sweep.unref();
  return {
    record(object, said) {
      const {namespace = 'default', name, uid} = object.metadata;
      const {type, reason, message, component, host, fieldPath, action} = said;
      const key = [namespace, object.kind, name, uid, type, reason, message, component, fieldPath].join('\n');
      const now = timestamp();
      const known = store.get(kinds.event, namespace, names.get(key) ?? '');
      if (known) {
        const {count: before = 1} = (known['series'] ?? {}) as {count?: number};
        store.update(
          kinds.event,
          action
            ? {...known, series: {count: before + 1, lastObservedTime: microTime()}}
            : {...known, count: Number(known['count'] ?? 1) + 1, lastTimestamp: now},
        );
        return;
      }
      const made = `${name}.${(Date.now() * 1000 + (count++ % 1000)).toString(16)}`;
      names.set(key, made);
      const place = store.get(kinds.namespace, null, namespace);
      if (!place || place.metadata.deletionTimestamp) return;
      store.create(kinds.event, {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: {name: made, namespace},
        involvedObject: {
          ...{
            kind: object.kind,
            ...(object.metadata.namespace ? {namespace} : {}),
            name,
            uid,
            apiVersion: object.apiVersion,
            resourceVersion: object.metadata.resourceVersion,
          },
          ...(fieldPath ? {fieldPath} : {}),
        },
        ...{reason, message, type},
        ...(action
          ? {action, eventTime: microTime(), firstTimestamp: null, lastTimestamp: null, source: {}}
          : {
              count: 1,
              firstTimestamp: now,
              lastTimestamp: now,
              eventTime: null,
              source: {component, ...(host ? {host} : {})},
            }),
        reportingComponent: component,
        reportingInstance: host ?? (action ? `${component}-sandbox` : ''),
      });
    },
    close: () => clearInterval(sweep),
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
