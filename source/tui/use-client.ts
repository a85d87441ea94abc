// The effects of the screens: what each one needs is asked for when it is shown, and late answers are dropped.
import {useEffect} from 'react';
import type {ChangeRequest, Client} from './client-types.ts';
import type {Action, App} from './app-state.ts';
import type {Target} from './state/target.ts';
import {answersOf} from './screens/parameters/form.ts';
import {resizeRequestOf} from './screens/resize/resize-state.ts';
import {restartRequest} from './screens/restart/restart-state.ts';
import {rollbackRequestOf} from './screens/rollback/rollback-state.ts';
import {scaleRequestOf} from './screens/scale/scale-state.ts';
import {uninstallRequestOf} from './screens/uninstall/uninstall-state.ts';
import {upgradeRequestOf} from './screens/upgrade/upgrade-state.ts';
import {useAsking} from './use-asking.ts';
import {useReleases} from './screens/home/use-releases.ts';

const logsEveryMs = 3000;

export function useClient(app: App, dispatch: (action: Action) => void, client: Client): void {
  const {screen, target, form, asked} = app;
  const ask = useAsking(dispatch);

  const opening = screen.name === 'opening' ? (screen.context ?? '') : null;
  const startsSandbox = screen.name === 'opening' && screen.sandbox === true;
  useEffect(() => {
    if (opening === null) return;
    return ask(async (dispatch) => {
      if (startsSandbox) await client.useSandbox();
      dispatch({type: 'contexts', ...(await client.contexts().catch(() => ({names: [], current: null})))});
      dispatch({type: 'opened', opened: await client.open(opening || null)});
    });
  }, [opening, startsSandbox, client, ask]);

  const surveys =
    (screen.name === 'parameters' || screen.name === 'scale' || screen.name === 'resize') && app.surveyed === null;
  useEffect(() => {
    if (!surveys) return;
    return ask(async (dispatch) => dispatch({type: 'surveyed', surveyed: await client.survey(target)}));
  }, [surveys, target, client, ask]);

  // Where not all may be listed, what is in the namespace that was named.
  const {namespace, context} = target;
  const {opened, listedIn} = app;
  const finds =
    screen.name === 'target' &&
    screen.row !== 'namespace' &&
    opened !== null &&
    (opened.releases === null || listedIn !== null) &&
    namespace !== '' &&
    listedIn !== namespace;
  useEffect(() => {
    if (!finds) return;
    return ask(async (dispatch) =>
      dispatch({type: 'found', namespace, releases: await client.releases(context, namespace)}),
    );
  }, [finds, context, namespace, client, ask]);

  const plans = screen.name === 'preview' && app.planned === null;
  useEffect(() => {
    if (!plans) return;
    const request = {target, answers: answersOf(form), password: form.texts.password || null};
    return ask(async (dispatch) => dispatch({type: 'planned', asked, result: await client.plan(request)}));
  }, [plans, target, form, asked, client, ask]);

  const removes = screen.name === 'uninstall' && app.planned === null;
  useEffect(() => {
    if (!removes || screen.name !== 'uninstall') return;
    return ask(async (dispatch) =>
      dispatch({type: 'planned', asked, result: await client.planUninstall(target, uninstallRequestOf(screen))}),
    );
    // What is wanted changes `asked`.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [removes, target, asked, client, ask]);

  // Asked for with Enter; what is typed afterwards makes the answer void.
  const {planning} = app;
  useEffect(() => {
    if (!planning) return;
    return ask(async (dispatch) => {
      const result = await planOf(app, client);
      if (result) dispatch({type: 'planned', asked, result});
    });
    // What is wanted changes `asked`.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [planning, asked, client, ask]);

  const {view, chartValues, planned} = app;
  const compares = planned?.plan !== undefined && view.tab === 'values' && view.differs && chartValues === null;
  const version = planned?.chartVersion ?? null;
  useEffect(() => {
    if (!compares) return;
    return ask(async (dispatch) => dispatch({type: 'chart values', values: await client.chartValues(target, version)}));
  }, [compares, target, version, client, ask]);

  const offers = screen.name === 'upgrade' && app.versions === null;
  useEffect(() => {
    if (!offers) return;
    return ask(async (dispatch) => dispatch({type: 'versions', versions: await client.versions(target)}));
  }, [offers, target, client, ask]);

  const looksBack = screen.name === 'rollback' && app.revisions === null;
  useEffect(() => {
    if (!looksBack) return;
    return ask(async (dispatch) => dispatch({type: 'revisions', revisions: await client.earlierRevisions(target)}));
  }, [looksBack, target, client, ask]);

  const follows = [
    'dashboard',
    'panel',
    'cause',
    'scale',
    'resize',
    'upgrade',
    'rollback',
    'restart',
    'uninstall',
  ].includes(screen.name);
  useEffect(() => {
    if (!follows) return;
    const stop = new AbortController();
    const forget = ask(async (dispatch) => {
      for await (const seen of client.follow(target, stop.signal)) {
        if (stop.signal.aborted) return;
        dispatch(seen !== null && 'lost' in seen ? {type: 'lost', text: seen.lost} : {type: 'status', status: seen});
      }
    });
    return () => {
      stop.abort();
      forget();
    };
  }, [follows, target, client, ask]);

  const panel =
    screen.name === 'panel' ? screen.panel : screen.name === 'operation' && screen.below === 'logs' ? 'logs' : null;
  useEffect(() => {
    if (panel === null) return;
    const look = () =>
      ask(async (dispatch) =>
        dispatch({
          type: 'panel',
          ...(panel === 'connect' ? await connectTexts(client, target) : {lines: await client[panel](target)}),
        }),
      );
    let forget = look();
    const timer =
      panel === 'logs'
        ? setInterval(() => {
            forget();
            forget = look();
          }, logsEveryMs)
        : undefined;
    return () => {
      clearInterval(timer);
      forget();
    };
  }, [panel, target, client, ask]);

  useReleases({isShown: screen.name === 'home', context, namespace: listedIn}, client, ask);
}

async function planOf({screen, target, status, revisions}: App, client: Client) {
  const request = changeRequestOf(screen, status, revisions);
  if (request) return client.planChange(target, request);
  if (screen.name === 'scale') return client.planScale(target, scaleRequestOf(screen));
  return screen.name === 'upgrade' ? client.planUpgrade(target, upgradeRequestOf(screen, status)) : null;
}

/** What is wanted on the screens of a resize, a rollback and a restart; null on others. */
export function changeRequestOf(
  screen: App['screen'],
  status: App['status'],
  revisions: App['revisions'],
): ChangeRequest | null {
  if (screen.name === 'restart') return restartRequest;
  if (screen.name === 'resize') return resizeRequestOf(screen, status);
  return screen.name === 'rollback' ? rollbackRequestOf(screen, revisions) : null;
}

/** Each with the number that copies it. */
async function connectTexts(
  client: Client,
  target: Target,
): Promise<{readonly lines: readonly string[]; readonly texts: readonly string[]}> {
  const [writer, reader] = await Promise.all([
    client.connectionStrings(target, 'writer'),
    client.connectionStrings(target, 'reader'),
  ]);
  const all = [...Object.entries(writer), ...Object.entries(reader)];
  const lines = all.map(
    ([format, text], index) => `${(index + 1) % 10}  ${format.padEnd(7)} ${text.split('\n').join('  ')}`,
  );
  const half = lines.length / 2;
  return {
    lines: [
      'writer',
      ...lines.slice(0, half),
      '',
      'reader',
      ...lines.slice(half),
      '',
      `psql from here: pg-helm-install connect ${target.release} -n ${target.namespace}`,
    ],
    texts: all.map(([, text]) => text),
  };
}
