// The state of a release in lines: where it answers, who may log in, what it consists of, what is wrong with it.
import {Box, useIsScreenReaderEnabled} from 'ink';
import {useState} from 'react';
import type {Status} from '../../../client/questions/status.ts';
import {useTheme} from '../../theme.ts';
import type {Moment} from './moments.ts';
import {Plain} from '../../components/Plain.tsx';
import {Sign} from '../../components/Sign.tsx';
import {Text} from '../../components/Text.tsx';
import {useLayout} from '../../use-window-size.ts';
import type {StatusRow} from './row.ts';
import {statusRows} from './status-rows.ts';
import {useSeconds} from '../shared/use-seconds.ts';

/** Milliseconds after a release is first seen during which a missing proof is no sign of trouble. */
const firstProofMs = 4000;

export function StatusLines({
  status,
  revealed,
  moments,
  rows,
}: {
  readonly status: Status;
  readonly revealed: string | null;
  readonly moments: readonly Moment[];
  readonly rows: number;
}) {
  const {width} = useLayout();
  const {unicode: isUnicode} = useTheme();
  const isReadAloud = useIsScreenReaderEnabled();
  const now = useSeconds();
  const [opened] = useState(now);
  return statusRows(status, {
    now,
    isAsking: !isReadAloud && now - opened < firstProofMs,
    isReadAloud,
    revealed,
    moments,
    isUnicode,
    width,
    rows,
  }).map((row, index) => <StatusLine key={index} {...row} />);
}

function StatusLine({label, sign, text, dim = false}: StatusRow) {
  return (
    <Box height={1} flexShrink={0}>
      {label !== undefined && (
        <Box width={9} flexShrink={0}>
          <Text dimColor>{label}</Text>
        </Box>
      )}
      {sign && (
        <Box width={2} flexShrink={0}>
          <Sign of={sign} />
        </Box>
      )}
      <Plain dimColor={dim}>{text}</Plain>
    </Box>
  );
}
