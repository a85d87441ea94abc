// Something that has to be put right before anything else: the cluster, the permissions, helm.
import {Box} from 'ink';
import type {Hint} from '../../components/Footer.tsx';
import {Plain} from '../../components/Plain.tsx';
import {TextField} from '../../components/text-field/TextField.tsx';
import {useKeys} from '../../keys/keyboard.tsx';
import {isNarrow} from '../../layout.ts';
import {useTheme} from '../../theme.ts';
import {useLayout} from '../../use-window-size.ts';
import type {Action, App} from '../../app-state.ts';
import {CauseView} from '../shared/CauseView.tsx';
import {Frame} from '../shared/Frame.tsx';
import {useRemedyKeys} from '../shared/remedies.ts';
import {FirstTime} from './FirstTime.tsx';
import type {BlockedState} from './blocked-state.ts';

interface Props {
  readonly app: App;
  readonly screen: BlockedState;
  readonly dispatch: (action: Action) => void;
  readonly onKubeconfig: (path: string) => void;
  /** Starts the sandbox on this machine and opens it. */
  readonly onSandbox: () => void;
  readonly onQuit: () => void;
}

export function BlockedScreen(props: Props) {
  const {app, screen, dispatch, onKubeconfig} = props;
  const {cause, kubeconfig: asksPath} = screen;
  const {body} = useLayout();
  const again = () => dispatch({type: 'open', context: app.target.context || null});
  const ask = (kubeconfig: boolean) => dispatch({type: 'show', screen: {...screen, kubeconfig}});
  useBlockedKeys({...props, again, ask});
  return (
    <Frame app={app} keys={useBlockedHints(app, screen)}>
      {body > 8 && <Box height={1} flexShrink={0} />}
      {isFirstTime(app, screen) ? (
        <FirstTime message={cause.message} evidence={cause.evidence} />
      ) : (
        <CauseView cause={cause} rows={(body > 8 ? body - 1 : body) - (asksPath ? 1 : 0)} onAgain={again} />
      )}
      {asksPath && <PathField onPath={onKubeconfig} onLeave={() => ask(false)} />}
    </Frame>
  );
}

/** Whether nobody has set up a cluster here, so that the sandbox is the first thing to try. */
function isFirstTime({contexts}: App, {cause, kubeconfig}: BlockedState): boolean {
  return offersSandbox(cause) && contexts.length === 0 && !kubeconfig;
}

/** Whether the missing helm can be fetched, which is then the first thing to do. */
function offersHelm({remedies}: BlockedState['cause']): boolean {
  return remedies.some(({action}) => action?.kind === 'fetch-helm');
}

function offersSandbox({code}: BlockedState['cause']): boolean {
  return code === 'CLUSTER_UNREACHABLE';
}

/** The context of the kubeconfig that comes after this one; undefined where there is no other. */
function nextContext({contexts, target}: App): string | undefined {
  const hasOther = contexts.length > 1 || !contexts.includes(target.context);
  return hasOther ? contexts[(contexts.indexOf(target.context) + 1) % Math.max(1, contexts.length)] : undefined;
}

function useBlockedKeys({
  app,
  screen,
  dispatch,
  again,
  ask,
  onSandbox,
  onQuit,
}: Props & {readonly again: () => void; readonly ask: (kubeconfig: boolean) => void}): void {
  const {opened} = app;
  const next = nextContext(app);
  const fetchesHelm = offersHelm(screen.cause) && !screen.kubeconfig;
  const fetchHelm = () => dispatch({type: 'open', context: app.target.context || null, helm: true});
  const byText: Readonly<Record<string, () => void>> = {
    ...(fetchesHelm ? {f: fetchHelm} : {}),
    r: again,
    k: () => ask(true),
    ...(next === undefined ? {} : {c: () => dispatch({type: 'open', context: next})}),
    ...(offersSandbox(screen.cause) ? {s: onSandbox} : {}),
    q: onQuit,
  };
  useKeys(({text, name}) => {
    const chosen = text === undefined ? undefined : byText[text];
    if (chosen) chosen();
    else if (name === 'escape' && opened)
      dispatch({type: 'show', screen: opened.releases?.length ? {name: 'home'} : {name: 'target', row: 'release'}});
    else if (name === 'enter' && isFirstTime(app, screen)) onSandbox();
    else if (name === 'enter' && fetchesHelm) fetchHelm();
    else return false;
    return true;
  });
}

function useBlockedHints(app: App, screen: BlockedState): readonly Hint[] {
  const theme = useTheme();
  const {width} = useLayout();
  const remedyKeys = useRemedyKeys(screen.cause, true);
  const again = {keys: 'r', does: isNarrow(width) ? 'again' : 'try again'};
  const quit = {keys: 'q', does: 'quit'};
  if (screen.kubeconfig)
    return [
      {keys: theme.enter, does: 'take it'},
      {keys: 'esc', does: 'back'},
    ];
  if (isFirstTime(app, screen))
    return [
      {keys: theme.enter, does: 'sandbox'},
      {keys: 'k', does: isNarrow(width) ? 'file' : 'kubeconfig'},
      again,
      quit,
    ];
  const next = nextContext(app);
  return [
    ...(offersHelm(screen.cause) ? [{keys: theme.enter, does: 'fetch helm'}] : []),
    again,
    ...(next === undefined ? [] : [{keys: 'c', does: `context ${next}`}]),
    ...(offersSandbox(screen.cause)
      ? [{keys: 's', does: width < 100 ? 'sandbox' : 'the sandbox, on this machine'}]
      : []),
    {keys: 'k', does: width < 100 ? 'kubeconfig' : 'another kubeconfig'},
    ...(app.opened ? [{keys: 'esc', does: 'back'}] : []),
    quit,
    ...remedyKeys,
  ];
}

/** A field for the path of another kubeconfig. */
function PathField({onPath, onLeave}: {readonly onPath: (path: string) => void; readonly onLeave: () => void}) {
  const {width} = useLayout();
  return (
    <Box paddingLeft={3} gap={1} height={1} flexShrink={0}>
      <Box flexShrink={0}>
        <Plain>{isNarrow(width) ? 'Path:' : 'Path of the kubeconfig:'}</Plain>
      </Box>
      <TextField
        initial=""
        width={Math.max(12, width - 30)}
        onSubmit={(path) => (path.trim() === '' ? onLeave() : onPath(path.trim()))}
        onLeave={(key) => key === 'escape' && onLeave()}
      />
    </Box>
  );
}
