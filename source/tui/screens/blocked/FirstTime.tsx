// What people read who have no cluster, or none that this program knows.
import {Box} from 'ink';
import {Plain} from '../../components/Plain.tsx';
import {Text} from '../../components/Text.tsx';
import {useTheme} from '../../theme.ts';
import {useLayout} from '../../use-window-size.ts';

/** For somebody who has no cluster, or does not know where its kubeconfig is. */
export function FirstTime({
  message,
  evidence,
}: {
  readonly message: string;
  /** What others said about it; there is room for two lines. */
  readonly evidence: readonly string[];
}) {
  const theme = useTheme();
  const {body, width} = useLayout();
  const isLow = body < 8;
  const ways = [
    {keys: theme.enter, does: 'Try it here', what: sandboxWords, isFirst: true},
    {keys: 'k', does: 'Use a cluster', what: 'Name its kubeconfig: the file that kubectl uses.', isFirst: false},
  ];
  return (
    <Box flexDirection="column" flexShrink={0}>
      <Box flexDirection="column" paddingLeft={3} marginBottom={isLow ? 0 : 1}>
        <Plain wrap="wrap">{isLow ? message.replace(/:.*/, '.') : message}</Plain>
        {!isLow &&
          evidence.slice(0, 2).map((line, at) => (
            <Plain key={at} dimColor>
              {line}
            </Plain>
          ))}
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
  'It needs helm, which can be fetched, no Docker and no Kubernetes, and goes without a trace.';
