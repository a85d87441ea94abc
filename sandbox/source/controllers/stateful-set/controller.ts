// The StatefulSet controller: adopts its pods, takes the next step, and writes to the status how far it is.
import type {Recorder} from '../../events.ts';
import {deleteObject} from '../../store/deletion.ts';
import {equal} from '../../store/canonical.ts';
import {kinds} from '../../store/kinds.ts';
import {StatusError, type KubeObject} from '../../store/objects.ts';
import type {Store} from '../../store/store.ts';
import {controllerOf, isPodReady, keyOf, ownedBy, parsedKey, selects} from '../shapes.ts';
import {startObjectController} from '../object-controller.ts';
import type {Controller} from '../work-queue.ts';
import {isOfUpdate, nextSteps, type Step} from './next-step.ts';
import {claimsFor, podFor} from './pod-of.ts';
import {dropOldRevisions, revisionsOf, templateOf, updateRevision} from './revisions.ts';
import {ordinalOf, revisionNameOf, specOf, statusOf} from './shape.ts';

const component = 'statefulset-controller';

export function startStatefulSets(store: Store, events: Recorder): Controller {
  return startObjectController(
    store,
    kinds.statefulSet,
    (key) => look(store, events, key),
    ({kind, object}, queue) => {
      if (kind === kinds.pod)
        for (const set of store.list(kinds.statefulSet, object.metadata.namespace ?? ''))
          if (concerns(set, object)) queue.add(keyOf(set));
      // A quota may have room now: what was refused is tried again. Claims are not watched: where the claim of a pod is
      // being deleted, the pod is tried again later and later, so that who makes a claim of that name at once is first.
      // Source: Kubernetes, pkg/controller/statefulset/stateful_set.go.
      if (kind === kinds.resourceQuota)
        for (const set of store.list(kinds.statefulSet, object.metadata.namespace ?? '')) queue.add(keyOf(set));
    },
  );
}

function look(store: Store, events: Recorder, key: string): void {
  const [namespace, name] = parsedKey(key);
  const set = store.get(kinds.statefulSet, namespace, name);
  if (!set) return;
  if (set.metadata.deletionTimestamp) return;
  const revisions = revisionsOf(store, set);
  const update = updateRevision(store, set, revisions);
  const current = revisions.find(({metadata}) => metadata.name === statusOf(set).currentRevision) ?? update;
  let failure: Error | null = null;
  for (const step of nextSteps(set, podsOf(store, set), update.metadata.name)) {
    try {
      take(store, events, set, step, {current, update});
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error), {cause: error});
      break;
    }
  }
  const pods = podsOf(store, set);
  keepStatus(store, set, pods, current.metadata.name, update.metadata.name);
  dropOldRevisions(
    store,
    set,
    revisions,
    new Set([...pods.map(revisionNameOf), current.metadata.name, update.metadata.name]),
  );
  if (failure !== null) throw failure;
}

/**
 * The pods that the set controls. A matching pod without an owner is adopted; one that no longer matches is released.
 */
function podsOf(store: Store, set: KubeObject): KubeObject[] {
  const {selector} = specOf(set);
  return store.list(kinds.pod, set.metadata.namespace ?? '').flatMap((pod) => {
    const owner = controllerOf(pod);
    const fits = selects(selector, pod) && ordinalOf(set, pod) !== null;
    if (owner?.uid === set.metadata.uid) {
      if (fits) return [pod];
      const others = (pod.metadata.ownerReferences ?? []).filter(({uid}) => uid !== set.metadata.uid);
      store.update(kinds.pod, {...pod, metadata: {...pod.metadata, ownerReferences: others}});
      return [];
    }
    if (owner || !fits || pod.metadata.deletionTimestamp) return [];
    return [store.update(kinds.pod, {...pod, metadata: {...pod.metadata, ownerReferences: ownedBy(set)}})];
  });
}

function take(
  store: Store,
  events: Recorder,
  set: KubeObject,
  step: Step,
  revisions: {readonly current: KubeObject; readonly update: KubeObject},
): void {
  if (step.kind === 'create') {
    const revision = isOfUpdate(set, step.ordinal) ? revisions.update : revisions.current;
    return create(store, events, set, step.ordinal, revision);
  }
  const {name, namespace = ''} = step.pod.metadata;
  if (step.kind === 'replace')
    events.record(set, {
      type: 'Warning',
      reason: 'RecreatingFailedPod',
      message: `StatefulSet ${keyOf(set)} is recreating failed Pod ${name}`,
      component,
    });
  deleteObject(store, kinds.pod, namespace, name);
  events.record(set, {
    type: 'Normal',
    reason: 'SuccessfulDelete',
    message: `delete Pod ${name} in StatefulSet ${set.metadata.name} successful`,
    component,
  });
}

function create(store: Store, events: Recorder, set: KubeObject, ordinal: number, revision: KubeObject): void {
  const {name: setName, namespace = ''} = set.metadata;
  const pod = podFor(set, templateOf(revision), revision.metadata.name, ordinal);
  const {name} = pod.metadata;
  for (const claim of claimsFor(set, ordinal)) {
    const existing = store.get(kinds.claim, namespace, claim.metadata.name);
    if (existing?.metadata.deletionTimestamp) {
      const message = `pvc ${claim.metadata.name} is being deleted`;
      attempt(events, set, `create Pod ${name} in StatefulSet ${setName}`, 'successful', () => {
        throw new StatusError(409, 'Conflict', message);
      });
    }
    if (existing) continue;
    const what = `create Claim ${claim.metadata.name} Pod ${name} in StatefulSet ${setName}`;
    attempt(events, set, what, 'success', () => store.create(kinds.claim, claim));
  }
  attempt(events, set, `create Pod ${name} in StatefulSet ${setName}`, 'successful', () =>
    store.create(kinds.pod, pod),
  );
}

function attempt(events: Recorder, set: KubeObject, what: string, good: string, run: () => void): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    events.record(set, {
      type: 'Warning',
      reason: 'FailedCreate',
      message: `${what} failed error: ${error.message}`,
      component,
    });
    throw error;
  }
  events.record(set, {type: 'Normal', reason: 'SuccessfulCreate', message: `${what} ${good}`, component});
}

function keepStatus(store: Store, set: KubeObject, pods: readonly KubeObject[], current: string, update: string): void {
  const live = store.get(kinds.statefulSet, set.metadata.namespace ?? '', set.metadata.name);
  if (!live || live.metadata.uid !== set.metadata.uid) return;
  const {replicas, updateStrategy} = specOf(set);
  const count = (counts: (pod: KubeObject) => boolean) =>
    pods.filter((pod) => !pod.metadata.deletionTimestamp && counts(pod)).length;
  const ready = count(isPodReady);
  const updated = count((pod) => revisionNameOf(pod) === update);
  const isComplete =
    updateStrategy.type === 'RollingUpdate' && updated === replicas && ready === replicas && pods.length === replicas;
  const ofCurrent = count((pod) => revisionNameOf(pod) === (isComplete ? update : current));
  const some = (name: string, value: number) => (value > 0 ? {[name]: value} : {});
  const status = {
    observedGeneration: set.metadata.generation,
    replicas: pods.length,
    ...some('readyReplicas', ready),
    availableReplicas: ready,
    ...some('currentReplicas', ofCurrent),
    ...some('updatedReplicas', updated),
    currentRevision: isComplete ? update : current,
    updateRevision: update,
    collisionCount: 0,
  };
  if (!equal(live['status'], status)) store.update(kinds.statefulSet, {...live, status});
}

function concerns(set: KubeObject, pod: KubeObject): boolean {
  return controllerOf(pod)?.uid === set.metadata.uid || (!controllerOf(pod) && selects(specOf(set).selector, pod));
}
