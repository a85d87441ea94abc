// Where the operator is: context, versions and release, always in the first two lines.
import {Box} from 'ink';
import {useTheme} from '../theme.ts';
import {isNarrow} from '../layout.ts';
import {useLayout} from '../use-window-size.ts';
import {oneLine, Plain} from './Plain.tsx';
import {Rule} from './Rule.tsx';
import {Text} from './Text.tsx';

export interface HeaderProps {
  /** What is not known yet is left out. */
  readonly context?: string | null;
  /** Such as `1.34`. */
  readonly kubernetes?: string | null;
  readonly helm?: string | null;
  readonly namespace?: string | null;
  readonly release?: string | null;
  readonly isSandbox?: boolean;
}

/** When the line is too long, first the versions and then the middle are dropped, but never where the release is. */
export function Header({context, kubernetes, helm, namespace, release, isSandbox = false}: HeaderProps) {
  const theme = useTheme();
  const {width} = useLayout();
  const where = [namespace, release].filter(Boolean).join(' / ');
  const versions = [kubernetes && `k8s ${kubernetes}`, helm && `helm ${helm}`];
  // There is only one sandbox, and its sign stands for its context.
  const about = [isSandbox ? null : context, ...(isNarrow(width) ? [] : versions)]
    .filter(Boolean)
    .join(` ${theme.dot} `);
  return (
    <Box flexDirection="column" width={width}>
      <Box paddingLeft={1} gap={2}>
        {!isNarrow(width) && (
          <Box flexShrink={0}>
            <Text bold color={theme.accent}>
              pg-helm-install
            </Text>
          </Box>
        )}
        {isSandbox && (
          <Box flexShrink={0}>
            <Text bold color="yellow">{`${theme.signs.warning.text} SANDBOX`}</Text>
          </Box>
        )}
        <Box flexGrow={1} flexShrink={1}>
          <Plain dimColor>{about || ' '}</Plain>
        </Box>
        <Box flexShrink={0}>
          <Plain>{ending(where, Math.floor(width / 2))}</Plain>
        </Box>
      </Box>
      <Rule />
    </Box>
  );
}

/** Keeps the end of a long text, because that is what tells releases apart. */
function ending(text: string, room: number): string {
  const line = oneLine(text);
  return line.length <= room ? line : `…${line.slice(1 - room)}`;
}
