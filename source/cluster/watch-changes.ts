// Reports that something of a release changed. It does not look at what changed: the next Snapshot sees it.
import {selectorOf} from '../chart/names.ts';
import type {ClusterEvent} from '../observation/kubernetes.ts';
import type {Target} from '../observation/snapshot.ts';
import {ApiError} from './api.ts';
import type {Connection} from './connect.ts';
import {paths} from './paths.ts';

const pauseMs = 1000;

/**
 * Calls `requestLook` at each change until the signal aborts. A kind that may not be watched is left out, because looks
 * come every second anyway.
 */
export function watchChanges({api}: Connection, target: Target, requestLook: () => void, signal: AbortSignal): void {
  const {namespace, fullname} = target;
  const selector = {labelSelector: selectorOf(target)};
  void follow(paths.pods(namespace), selector);
  void follow(paths.statefulSets(namespace), selector);
  void follow(paths.services(namespace), selector);
  void follow(paths.claims(namespace), selector);
  void follow<ClusterEvent>(paths.events(namespace), {}, ({involvedObject}) =>
    Boolean(involvedObject?.name.includes(fullname)),
  );

  async function follow<T>(
    path: string,
    query: {labelSelector?: string},
    concerns: (object: T) => boolean = () => true,
  ) {
    while (!signal.aborted) {
      try {
        // Watch from now on: what exists already is in the Snapshot.
        const {resourceVersion} = await api
          .get<{metadata: {resourceVersion: string}}>(path, {limit: 1})
          .then((list) => list.metadata);
        for await (const {type, object} of api.watch<T>(path, {...query, resourceVersion}, signal)) {
          // Such as 410, too old a version: nothing comes after it.
          if (type === 'ERROR') break;
          if (concerns(object)) requestLook();
        }
      } catch (error) {
        if (signal.aborted || (error instanceof ApiError && error.status === 403)) return;
      }
      // Pause after an orderly end too, because some proxies end every watch at once.
      await pause(signal);
    }
  }
}

/** Ends early when the signal aborts. */
function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, pauseMs);
    signal.addEventListener('abort', end, {once: true});
  });
}
