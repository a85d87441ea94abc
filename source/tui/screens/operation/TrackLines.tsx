// The tracks of an operation, a line each, with the time each one took at the right.
import {Box, useIsScreenReaderEnabled} from 'ink';
import {Plain} from '../../components/Plain.tsx';
import {Sign} from '../../components/Sign.tsx';
import {trackTitles} from '../../../observation/text/track-titles.ts';
import {Text} from '../../components/Text.tsx';
import {waitingWords} from '../../../observation/text/waiting-words.ts';
import {isNarrow} from '../../layout.ts';
import {useTheme} from '../../theme.ts';
import {useLayout} from '../../use-window-size.ts';
import {shortNames} from '../shared/short-names.ts';
import {tookMs, type SeenTrack} from './operation-state.ts';

export function TrackLines({
  tracks,
  release,
  now,
}: {
  readonly tracks: readonly SeenTrack[];
  readonly release: string;
  readonly now: number;
}) {
  const {width} = useLayout();
  const {dot} = useTheme();
  const isReadAloud = useIsScreenReaderEnabled();
  return tracks.map((track) => {
    const took = isReadAloud && track.ended === null ? null : tookMs(track, now);
    const waits = track.waitingFor ? `${waitingWords(track.waitingFor)} ${dot} ` : '';
    return (
      <Box key={track.track} paddingLeft={3} width={width} height={1} flexShrink={0}>
        <Box width={2} flexShrink={0}>
          <Sign of={track.state} />
        </Box>
        <Box width={isNarrow(width) ? 10 : 12} flexShrink={0}>
          <Text>{trackTitles[track.track]}</Text>
        </Box>
        <Box flexGrow={1} flexShrink={1}>
          <Plain
            dimColor={track.state === 'waiting' || track.state === 'skipped'}
            {...(waits ? {color: 'yellow'} : {})}
          >
            {waits + shortNames(track.text, release)}
          </Plain>
        </Box>
        {!isNarrow(width) && (
          <Box width={9} flexShrink={0} justifyContent="flex-end">
            <Text dimColor>{took === null ? '' : secondsOf(took)}</Text>
          </Box>
        )}
      </Box>
    );
  });
}

function secondsOf(ms: number): string {
  const seconds = ms / 1000;
  return seconds < 60
    ? `${seconds.toFixed(1)} s`
    : `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;
}
