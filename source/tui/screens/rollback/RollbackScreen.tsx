// Back to what an earlier revision wanted: which one, then what of it comes back and what does not.
import {Box} from 'ink';
import {oneLine, Plain} from '../../components/Plain.tsx';
import {Text} from '../../components/Text.tsx';
import {useKeys} from '../../keys/keyboard.tsx';
import {windowOf, isNarrow} from '../../layout.ts';
import {useTheme} from '../../theme.ts';
import {useLayout} from '../../use-window-size.ts';
import {Change, type ChangeProps} from '../change/Change.tsx';

const maxRows = 6;

/** `revision` null: the newest revision that a rollback can go to. */
export function RollbackScreen({app, revision, dispatch, onStart}: ChangeProps & {readonly revision: number | null}) {
  const theme = useTheme();
  const {body, width} = useLayout();
  const revisions = app.revisions ?? [];
  const index = Math.max(
    0,
    revisions.findIndex((one) => one.revision === revision),
  );
  const here = revisions[index];
  useKeys(
    ({name}) => {
      const next = name === 'up' ? revisions[index - 1] : name === 'down' ? revisions[index + 1] : undefined;
      if (next) dispatch({type: 'show', screen: {name: 'rollback', revision: next.revision}});
      return name === 'up' || name === 'down';
    },
    {active: app.planned === null && !app.planning},
  );
  const isLow = body < 8;
  const rows = app.planned ? 1 : Math.max(1, Math.min(revisions.length, maxRows, isLow ? body - 2 : body - 5));
  const {start, end} = windowOf(revisions.length, index, rows);
  const problem = app.revisions === null || here ? null : 'There is no earlier revision to go back to.';
  return (
    <Change
      app={app}
      dispatch={dispatch}
      onStart={onStart}
      // Nothing can be planned before the list of revisions is there.
      problem={app.revisions === null ? 'Reading the history.' : problem}
      rows={rows}
      keys={revisions.length > 1 ? [{keys: theme.upDown, does: 'revision'}] : []}
      hint={
        isLow
          ? `${theme.enter} shows what comes back first.`
          : `${theme.enter} shows what comes back and what does not, before anything is changed.`
      }
      answers={{}}
    >
      {(editing) =>
        revisions.slice(start, end).map((one) => {
          const isHere = one.revision === here?.revision;
          return (
            <Box key={one.revision} paddingLeft={1} height={1} flexShrink={0}>
              <Text {...(editing && isHere ? {color: theme.accent} : {})}>
                {editing && isHere ? `${theme.pointer} ` : '  '}
              </Text>
              <Box width={5} flexShrink={0}>
                <Text>{String(one.revision)}</Text>
              </Box>
              {!isNarrow(width) && <Plain dimColor>{`${one.at}  ${one.chartVersion}  `}</Plain>}
              <Text wrap="truncate-end">{oneLine(one.description)}</Text>
            </Box>
          );
        })
      }
    </Change>
  );
}
