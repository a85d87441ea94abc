// The effects of the screens: what each one needs is asked for when it is shown, and late answers are dropped.
import {useEffect} from 'react';
import type {ChangeWish, Desk, RemovalWish, ScaleWish} from './desk.ts';
import type {Action, App, Target} from './app-state.ts';
import {answersOf} from './screens/parameters/form.ts';
import {sizesOf} from './screens/changes/resize-sizes.ts';
import {useAsking} from './use-asking.ts';
import {useReleases} from './screens/home/use-releases.ts';

const logsEveryMs = 3000;

export function useDesk(app: App, dispatch: (action: Action) => void, desk: Desk): void {
  const {screen, target, form, asked} = app;
  const ask = useAsking(dispatch);

  const opening = screen.name === 'opening' ? (screen.context ?? '') : null;
  const startsSandbox = screen.name === 'opening' && screen.sandbox === true;
  useEffect(() => {
    if (opening === null) return;
    return ask(async (tell) => {
      if (startsSandbox) await desk.useSandbox();
      tell({type: 'contexts', ...(await desk.contexts().catch(() => ({names: [], current: null})))});
      tell({type: 'opened', opened: await desk.open(opening || null)});
    });
  }, [opening, startsSandbox, desk, ask]);

  const surveys =
    (screen.name === 'parameters' || screen.name === 'scale' || screen.name === 'resize') && app.surveyed === null;
  useEffect(() => {
    if (!surveys) return;
    return ask(async (tell) => tell({type: 'surveyed', surveyed: await desk.survey(target)}));
  }, [surveys, target, desk, ask]);

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
    return ask(async (tell) => tell({type: 'found', namespace, releases: await desk.releases(context, namespace)}));
  }, [finds, context, namespace, desk, ask]);

  const plans = screen.name === 'preview' && app.planned === null;
  useEffect(() => {
    if (!plans) return;
    const wish = {target, answers: answersOf(form), password: form.texts.password || null};
    return ask(async (tell) => tell({type: 'planned', asked, result: await desk.plan(wish)}));
  }, [plans, target, form, asked, desk, ask]);

  const removes = screen.name === 'uninstall' && app.planned === null;
  useEffect(() => {
    if (!removes || screen.name !== 'uninstall') return;
    return ask(async (tell) =>
      tell({type: 'planned', asked, result: await desk.planUninstall(target, removalWish(screen))}),
    );
    // What is wanted changes `asked`.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [removes, target, asked, desk, ask]);

  // Asked for with Enter; what is typed afterwards makes the answer void.
  const {planning} = app;
  useEffect(() => {
    if (!planning) return;
    return ask(async (tell) => {
      const result = await planOf(app, desk);
      if (result) tell({type: 'planned', asked, result});
    });
    // What is wanted changes `asked`.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [planning, asked, desk, ask]);

  const {view, chartValues, planned} = app;
  const compares = planned?.plan !== undefined && view.tab === 'values' && view.differs && chartValues === null;
  const version = planned?.chartVersion ?? null;
  useEffect(() => {
    if (!compares) return;
    return ask(async (tell) => tell({type: 'chart values', values: await desk.chartValues(target, version)}));
  }, [compares, target, version, desk, ask]);

  const offers = screen.name === 'upgrade' && app.versions === null;
  useEffect(() => {
    if (!offers) return;
    return ask(async (tell) => tell({type: 'versions', versions: await desk.versions(target)}));
  }, [offers, target, desk, ask]);

  const looksBack = screen.name === 'rollback' && app.revisions === null;
  useEffect(() => {
    if (!looksBack) return;
    return ask(async (tell) => tell({type: 'revisions', revisions: await desk.earlierRevisions(target)}));
  }, [looksBack, target, desk, ask]);

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
    const forget = ask(async (tell) => {
      for await (const seen of desk.follow(target, stop.signal)) {
        if (stop.signal.aborted) return;
        tell(seen !== null && 'lost' in seen ? {type: 'lost', text: seen.lost} : {type: 'status', status: seen});
      }
    });
    return () => {
      stop.abort();
      forget();
    };
  }, [follows, target, desk, ask]);

  const panel =
    screen.name === 'panel' ? screen.panel : screen.name === 'operation' && screen.below === 'logs' ? 'logs' : null;
  useEffect(() => {
    if (panel === null) return;
    const look = () =>
      ask(async (tell) =>
        tell({
          type: 'panel',
          ...(panel === 'connect' ? await connectTexts(desk, target) : {lines: await desk[panel](target)}),
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
  }, [panel, target, desk, ask]);

  useReleases({isShown: screen.name === 'home', context, namespace: listedIn}, desk, ask);
}

async function planOf({screen, target, status, revisions}: App, desk: Desk) {
  const wish = changeWish(screen, status, revisions);
  if (wish) return desk.planChange(target, wish);
  if (screen.name === 'scale') return desk.planScale(target, scaleWish(screen));
  return screen.name === 'upgrade' ? desk.planUpgrade(target, upgradeWish(screen, status)) : null;
}

/**
 * What is wanted on the screens of a resize, a rollback and a restart; null on others, and where there is nothing to go
 * back to.
 */
export function changeWish(
  screen: App['screen'],
  status: App['status'],
  revisions: App['revisions'],
): ChangeWish | null {
  if (screen.name === 'restart') return {kind: 'restart'};
  if (screen.name === 'resize') return {kind: 'resize', sizes: sizesOf(screen, status?.parameters ?? null)};
  const revision = screen.name === 'rollback' ? (screen.revision ?? revisions?.[0]?.revision) : undefined;
  return revision === undefined ? null : {kind: 'rollback', revision};
}

export function scaleWish({
  readers,
  deleteVolumes,
}: {
  readonly readers: string;
  readonly deleteVolumes: boolean;
}): ScaleWish {
  return {readers: Number(readers), deleteVolumes};
}

export function removalWish({
  deleteData,
  dumpTo,
}: {
  readonly deleteData: boolean;
  readonly dumpTo: string;
}): RemovalWish {
  return {deleteData, dumpTo: dumpTo === '' ? null : dumpTo};
}

/** Null: stays as it is. */
export function upgradeWish(
  {imageTag, chartVersion}: {readonly imageTag: string; readonly chartVersion: string},
  status: App['status'],
) {
  const changedOr = (typed: string, now: string | null | undefined) => (typed.trim() === now ? null : typed.trim());
  return {
    chartVersion: changedOr(chartVersion, status?.chartVersion),
    imageTag: changedOr(imageTag, status?.parameters?.images.tag),
  };
}

/** Each with the number that copies it. */
async function connectTexts(
  desk: Desk,
  target: Target,
): Promise<{readonly lines: readonly string[]; readonly texts: readonly string[]}> {
  const [writer, reader] = await Promise.all([
    desk.connectionStrings(target, 'writer'),
    desk.connectionStrings(target, 'reader'),
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
