// Something that has to be put right before anything else: the cluster, the permissions, helm.
import {Box, Text} from 'ink';
import type {Cause} from '../../../core/cause.ts';
import {Plain} from '../../components/Plain.tsx';
import {TextField} from '../../components/text-field/TextField.tsx';
import {useKeys} from '../../keys/keyboard.tsx';
import {useTheme} from '../../theme.ts';
import {isNarrow} from '../../layout.ts';
import {useLayout} from '../../use-window-size.ts';
import type {Action, App} from '../../app-state.ts';
import {CauseView} from '../shared/CauseView.tsx';
import {Frame} from '../shared/Frame.tsx';
import {useRemedyKeys} from '../shared/remedies.ts';

interface Props {
  readonly app: App;
  readonly cause: Cause;
  /** The path of another kubeconfig is being typed. */
  readonly asksPath: boolean;
  readonly dispatch: (action: Action) => void;
  readonly onKubeconfig: (path: string) => void;
  /** Starts the cluster of this machine and goes there. */
  readonly onSandbox: () => void;
  readonly onQuit: () => void;
}

export function TroubleScreen({app, cause, asksPath, dispatch, onKubeconfig, onSandbox, onQuit}: Props) {
  const theme = useTheme();
  const {body, width} = useLayout();
  const remedyKeys = useRemedyKeys(cause, true);
  const {contexts, target, opened} = app;
  const next =
    contexts.length > 1 || !contexts.includes(target.context)
      ? contexts[(contexts.indexOf(target.context) + 1) % Math.max(1, contexts.length)]
      : undefined;
  const offersSandbox = cause.code === 'CLUSTER_UNREACHABLE';
  // Nobody has set up a cluster here: the sandbox is the first thing to try.
  const isFirstTime = offersSandbox && contexts.length === 0 && !asksPath;
  const again = () => dispatch({type: 'open', context: target.context || null});
  const ask = (kubeconfig: boolean) => dispatch({type: 'show', screen: {name: 'trouble', cause, kubeconfig}});
  useKeys(({text, name}) => {
    if (text === 'r') again();
    else if (text === 'k') ask(true);
    else if (text === 'c' && next !== undefined) dispatch({type: 'open', context: next});
    else if (name === 'escape' && opened)
      dispatch({type: 'show', screen: opened.releases?.length ? {name: 'home'} : {name: 'target', row: 'release'}});
    else if ((text === 's' && offersSandbox) || (name === 'enter' && isFirstTime)) onSandbox();
    else if (text === 'q') onQuit();
    else return false;
    return true;
  });
  const typing = [
    {keys: theme.enter, does: 'take it'},
    {keys: 'esc', does: 'back'},
  ];
  const firstTime = [
    {keys: theme.enter, does: 'sandbox'},
    {keys: 'k', does: isNarrow(width) ? 'file' : 'kubeconfig'},
    {keys: 'r', does: isNarrow(width) ? 'again' : 'try again'},
    {keys: 'q', does: 'quit'},
  ];
  const keys = [
    {keys: 'r', does: isNarrow(width) ? 'again' : 'try again'},
    ...(next === undefined ? [] : [{keys: 'c', does: `context ${next}`}]),
    ...(offersSandbox ? [{keys: 's', does: width < 100 ? 'sandbox' : 'the sandbox, on this machine'}] : []),
    {keys: 'k', does: width < 100 ? 'kubeconfig' : 'another kubeconfig'},
    ...(opened ? [{keys: 'esc', does: 'back'}] : []),
    {keys: 'q', does: 'quit'},
    ...remedyKeys,
  ];
  return (
    <Frame app={app} keys={asksPath ? typing : isFirstTime ? firstTime : keys}>
      {body > 8 && <Box height={1} flexShrink={0} />}
      {isFirstTime ? (
        <FirstTime message={cause.message} />
      ) : (
        <CauseView cause={cause} rows={(body > 8 ? body - 1 : body) - (asksPath ? 1 : 0)} onAgain={again} />
      )}
      {asksPath && (
        <Box paddingLeft={3} gap={1} height={1} flexShrink={0}>
          <Box flexShrink={0}>
            <Plain>{isNarrow(width) ? 'Path:' : 'Path of the kubeconfig:'}</Plain>
          </Box>
          <TextField
            initial=""
            width={Math.max(12, width - 30)}
            onSubmit={(path) => (path.trim() === '' ? ask(false) : onKubeconfig(path.trim()))}
            onLeave={(key) => key === 'escape' && ask(false)}
          />
        </Box>
      )}
    </Frame>
  );
}

/** For somebody who has no cluster, or does not know where its kubeconfig is. */
function FirstTime({message}: {readonly message: string}) {
  const theme = useTheme();
  const {body, width} = useLayout();
  const isLow = body < 8;
  const ways = [
    {keys: theme.enter, does: 'Try it here', what: sandboxWords, isFirst: true},
    {keys: 'k', does: 'Use a cluster', what: 'Name its kubeconfig: the file that kubectl uses.', isFirst: false},
  ];
  return (
    <Box flexDirection="column" flexShrink={0}>
      <Box paddingLeft={3} marginBottom={isLow ? 0 : 1}>
        <Plain wrap="wrap">{isLow ? message.replace(/:.*/, '.') : message}</Plain>
      </Box>
      {ways.map(({keys, does, what, isFirst}) => (
        <Box key={does} flexDirection="column" paddingLeft={1} marginBottom={isLow ? 0 : 1} flexShrink={0}>
          <Text>
            <Text color={theme.accent}>{isFirst ? `${theme.pointer} ` : '  '}</Text>
            <Text bold={isFirst}>{`${does} ${keys}`}</Text>
          </Text>
          {(!isLow || isFirst) && (
            <Box paddingLeft={2} width={width - 2}>
              <Plain dimColor wrap="wrap">
                {isLow ? 'A sandbox on this machine; it needs helm.' : what}
              </Plain>
            </Box>
          )}
        </Box>
      ))}
    </Box>
  );
}

const sandboxWords =
  'A sandbox: a small cluster in a process of this machine, with real PostgreSQL, to look at everything. ' +
  'It needs helm, no Docker and no Kubernetes, and goes without a trace.';
