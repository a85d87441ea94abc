// A controller of one kind: looks at each object when it starts and whenever something changes that concerns it.
import type {Kind} from '../store/kinds.ts';
import type {Change, Store} from '../store/store.ts';
import {keyOf} from './shapes.ts';
import {WorkQueue, type Controller} from './work-queue.ts';

interface ObjectController extends Controller {
  readonly queue: WorkQueue;
}

/**
 * `look` is given the keys of objects of that kind, also of deleted ones. `alsoOn` names keys to look at when objects
 * of other kinds change.
 */
export function startObjectController(
  store: Store,
  kind: Kind,
  look: (key: string) => void,
  alsoOn: (change: Change, queue: WorkQueue) => void = () => undefined,
): ObjectController {
  const queue = new WorkQueue(look);
  const end = store.onChange((change) => {
    if (change.kind === kind) queue.add(keyOf(change.object));
    alsoOn(change, queue);
  });
  for (const object of store.list(kind)) queue.add(keyOf(object));
  return {
    queue,
    close() {
      end();
      queue.close();
    },
  };
}
