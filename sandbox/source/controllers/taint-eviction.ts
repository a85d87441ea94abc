// The taint eviction controller: deletes pods that no longer tolerate a taint of their node.
import type {Recorder} from '../events.ts';
import {deleteObject} from '../store/deletion.ts';
import {kinds} from '../store/kinds.ts';
import type {KubeObject} from '../store/objects.ts';
import {timestamp, type Store} from '../store/store.ts';
import {tolerates} from './scheduling/filters.ts';
import {keyOf, podSpecOf, podStatusOf, withCondition, type Taint} from './shapes.ts';

export class TaintEvictions {
  readonly #store: Store;
  readonly #events: Recorder;
  readonly #taint: Taint;
  /** When to evict each pod, in milliseconds, by the pod's uid. */
  readonly #evictAt = new Map<string, number>();

  constructor(store: Store, events: Recorder, taint: Taint) {
    this.#store = store;
    this.#events = events;
    this.#taint = taint;
  }

  /**
   * Marks a pod for deletion that no longer tolerates the taint; nobody carries the deletion out while the kubelet is
   * silent.
   */
  look(pod: KubeObject): void {
    const {uid = ''} = pod.metadata;
    const at = this.#evictAt.get(uid) ?? Date.now() + toleratedMs(pod, this.#taint);
    this.#evictAt.set(uid, at);
    if (Date.now() >= at && !pod.metadata.deletionTimestamp) this.#evict(pod);
  }

  /** To be called when the taint is gone. */
  clear(): void {
    this.#evictAt.clear();
  }

  #evict(pod: KubeObject): void {
    const {conditions = [], ...rest} = podStatusOf(pod);
    const target = {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'DeletionByTaintManager',
      message: 'Taint manager: deleting due to NoExecute taint',
    };
    const marked = this.#store.update(kinds.pod, {
      ...pod,
      status: {...rest, conditions: withCondition(conditions, target, timestamp())},
    });
    this.#events.record(marked, {
      type: 'Normal',
      reason: 'TaintManagerEviction',
      message: `Marking for deletion Pod ${keyOf(pod)}`,
      component: 'taint-eviction-controller',
    });
    deleteObject(this.#store, kinds.pod, pod.metadata.namespace ?? '', pod.metadata.name);
  }
}

function toleratedMs(pod: KubeObject, taint: Taint): number {
  const tolerated = (podSpecOf(pod).tolerations ?? []).filter((one) => tolerates([one], taint));
  if (tolerated.length === 0) return 0;
  return Math.min(...tolerated.map(({tolerationSeconds = Infinity}) => tolerationSeconds * 1000));
}
