// Tells that something of a release changed. What changed is not looked at: the next Snapshot sees it.
import {selectorOf} from '../chart/names.ts';
import type {ClusterEvent} from '../observation/kubernetes.ts';
import type {Target} from '../observation/snapshot.ts';
import {ApiError} from './api.ts';
import type {Connection} from './connect.ts';
import {paths} from './paths.ts';

const pauseMs = 1000;

/**
 * Calls `ring` at each change until the signal aborts. A kind that may not be watched is left out; the reader polls
 * anyway.
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
        // From now on: what is there already is in the Snapshot.
        const {resourceVersion} = await api
          .get<{metadata: {resourceVersion: string}}>(path, {limit: 1})
          .then((list) => list.metadata);
        for await (const {object} of api.watch<T>(path, {...query, resourceVersion}, signal))
          if (concerns(object)) requestLook();
      } catch (error) {
        if (signal.aborted || (error instanceof ApiError && error.status === 403)) return;
      }
      // After an orderly end too: some proxies end every watch at once.
      await pause(signal);
    }
  }
}

/** Ends early with the signal. */
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
