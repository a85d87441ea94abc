// Keeps the list of releases up to date while it is shown.
import {useEffect} from 'react';
import {UserError} from '../../../core/cause.ts';
import type {Client} from '../../../client/types.ts';
import type {App} from '../../app-state.ts';
import type {Action} from '../../state/actions.ts';
import type {Ask} from '../../use-asking.ts';

/** ms from one answer to the next question, at least. */
const everyMs = 2000;
/** A large cluster needs a while to answer, so it is then left alone for this many times as long. */
const rest = 9;

/** An error is shown beside the earlier list, and the next answer removes it. */
export function useReleases({screen, target, listedIn: namespace}: App, client: Client, ask: Ask): void {
  const isShown = screen.name === 'home';
  const {context} = target;
  useEffect(() => {
    if (!isShown) return;
    let isOver = false;
    let timer: NodeJS.Timeout | undefined;
    let forget: () => void = () => undefined;
    const look = () => {
      const began = performance.now();
      forget = ask(async (dispatch) => {
        dispatch(await answerOf(client, context, namespace));
        if (!isOver) timer = setTimeout(look, Math.max(everyMs, rest * (performance.now() - began)));
      });
    };
    look();
    return () => {
      isOver = true;
      clearTimeout(timer);
      forget();
    };
  }, [isShown, context, namespace, client, ask]);
}

/** `namespace`: null for all namespaces. */
async function answerOf(client: Client, context: string, namespace: string | null): Promise<Action> {
  try {
    const releases = await client.releases(context, namespace);
    return releases ? {type: 'releases', releases} : {type: 'lost', text: 'You may not list releases any more'};
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const {code, message} = error.reason;
    return {
      type: 'lost',
      text: code === 'CLUSTER_UNREACHABLE' ? 'No answer from the cluster' : message.replace(/\.$/, ''),
    };
  }
}
