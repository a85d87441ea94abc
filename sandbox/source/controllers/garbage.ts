// The garbage collector: deletes objects whose owners are all gone, in the background.
import {deleteObject} from '../store/deletion.ts';
import {kinds, type Kind} from '../store/kinds.ts';
import type {KubeObject} from '../store/objects.ts';
import type {Store} from '../store/store.ts';
import type {Controller} from './work-queue.ts';

export function startGarbageCollector(store: Store): Controller {
  let planned = false;
  let closed = false;
  const plan = () => {
    if (planned) return;
    planned = true;
    setImmediate(collect);
  };
  const end = store.onChange(({type, kind, object}) => {
    const owns = type === 'DELETED' && kind !== kinds.event;
    // A client may also create an object whose owner does not exist.
    if (owns || (type !== 'DELETED' && object.metadata.ownerReferences?.length)) plan();
  });
  plan();
  return {
    close() {
      closed = true;
      end();
    },
  };

  function collect(): void {
    planned = false;
    if (closed) return;
    const all = [...store.everything()];
    const alive = new Set(all.map(({object}) => object.metadata.uid));
    for (const {kind, object} of all) if (isOrphaned(object, alive)) remove(kind, object);
  }

  function remove(kind: Kind, {metadata: {namespace, name, uid}}: KubeObject): void {
    if (store.get(kind, namespace ?? null, name)?.metadata.uid !== uid) return;
    deleteObject(store, kind, namespace ?? null, name, {propagationPolicy: 'Background'});
  }
}

function isOrphaned({metadata}: KubeObject, alive: ReadonlySet<string | undefined>): boolean {
  const owners = metadata.ownerReferences ?? [];
  return owners.length > 0 && !metadata.deletionTimestamp && owners.every(({uid}) => !alive.has(uid));
}
