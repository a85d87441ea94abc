// Lists the backups: the operator can make one more, prove one, or make a new release from one.
import {Box} from 'ink';
import {backupTable, volumeText} from '../../../observation/text/backup-lines.ts';
import type {BackupEntry, BackupListing} from '../../../observation/backups/backup-list.ts';
import type {RequestOf} from '../../../commands/operation.ts';
import type {Hint} from '../../components/Footer.tsx';
import {Plain} from '../../components/Plain.tsx';
import {Waiting} from '../../components/Waiting.tsx';
import {useKeys} from '../../keys/keyboard.tsx';
import {isNarrow, windowOf} from '../../layout.ts';
import {useTheme} from '../../theme.ts';
import {useLayout} from '../../use-window-size.ts';
import type {Action, App} from '../../app-state.ts';
import {Text} from '../../components/Text.tsx';
import {dashboard} from '../dashboard/dashboard-state.ts';
import {restoreOf} from '../restore/restore-state.ts';
import {CauseView} from '../shared/CauseView.tsx';
import {Frame} from '../shared/Frame.tsx';
import {useRemedyKeys} from '../shared/remedies.ts';
import {useSeconds} from '../shared/use-seconds.ts';
import {wrapped} from '../shared/wrap.ts';
import {backupsScreen, chosenOf, runAsked, verifyAsked, type BackupsState} from './backups-state.ts';

interface Props {
  readonly app: App;
  readonly screen: BackupsState;
  readonly dispatch: (action: Action) => void;
  readonly onBegin: (asked: RequestOf<'backup'>) => void;
}

/** The columns that fit below 100 columns, and below 60, where only the name tells a backup's age. */
const fewColumns = ['BACKUP', 'AGE', 'SIZE', 'ROWS', 'PROVEN'];
const leastColumns = ['BACKUP', 'PROVEN'];

export function BackupsScreen(props: Props) {
  const {app} = props;
  const {body} = useLayout();
  const {backups: seen} = app;
  const why = seen && 'cause' in seen ? seen.cause : undefined;
  const listing = seen && 'backups' in seen ? seen : null;
  const keys = useBackupKeys(props, listing);
  const remedyKeys = useRemedyKeys(why, true);
  return (
    <Frame app={app} keys={[...keys, ...remedyKeys, {keys: 'esc', does: 'back'}]}>
      {body >= 8 && <Box height={1} flexShrink={0} />}
      {why ? (
        <CauseView
          cause={why}
          rows={body >= 8 ? body - 1 : body}
          onAgain={() => props.dispatch({type: 'show', screen: backupsScreen})}
        />
      ) : listing ? (
        <Volume listing={listing} screen={props.screen} />
      ) : (
        <Waiting>Looking at the volume of the backups</Waiting>
      )}
    </Frame>
  );
}

/** What is on the volume, and how full it is. */
function Volume({listing, screen}: {readonly listing: BackupListing; readonly screen: BackupsState}) {
  const {body, width} = useLayout();
  const {backups} = listing;
  const volume = volumeText(listing);
  if (body < 8) return <Backups list={backups} chosen={chosenOf(screen, backups)} rows={body} />;
  const chosen = chosenOf(screen, backups);
  const why = chosen?.proof?.ok === false ? chosen.proof.why : undefined;
  const said = [
    ...(why === undefined ? [] : wrapped(`${chosen?.name}: ${why}`, width - 4)),
    ...(volume ? [volume] : []),
  ];
  return (
    <>
      <Backups list={backups} chosen={chosen} rows={body - 2 - said.length} />
      <Box height={1} flexShrink={0} />
      {said.map((line) => (
        <Said key={line}>{line}</Said>
      ))}
    </>
  );
}

/** The keys that do something now, for the footer. */
function useBackupKeys({app, screen, dispatch, onBegin}: Props, listing: BackupListing | null): readonly Hint[] {
  const theme = useTheme();
  const list = listing?.backups ?? [];
  const canBegin = listing !== null;
  const chosen = chosenOf(screen, list);
  const to = (by: 1 | -1) => {
    const next = list[list.findIndex((one) => one === chosen) + by];
    if (next) dispatch({type: 'show', screen: {...screen, chosen: next.name}});
  };
  useKeys(({name, text}) => {
    if (name === 'escape') dispatch({type: 'show', screen: dashboard});
    else if (name === 'up' || name === 'down') to(name === 'up' ? -1 : 1);
    else if (canBegin && text === 'n') onBegin(runAsked);
    else if (chosen && text === 'v') onBegin(verifyAsked(chosen));
    else if (chosen && name === 'enter') dispatch({type: 'show', screen: restoreOf(app.target.release, chosen.name)});
    else return false;
    return true;
  });
  if (!canBegin) return [];
  const now = {keys: 'n', does: 'back up now'};
  return chosen ? [{keys: theme.enter, does: 'restore'}, {keys: 'v', does: 'prove'}, now] : [now];
}

function Backups({
  list,
  chosen,
  rows,
}: {
  readonly list: readonly BackupEntry[];
  readonly chosen: BackupEntry | null;
  readonly rows: number;
}) {
  const theme = useTheme();
  const {width} = useLayout();
  const heads = isNarrow(width) ? leastColumns : width < 100 ? fewColumns : undefined;
  const [head = '', ...lines] = backupTable(list, useSeconds(), heads);
  if (!chosen) return <Said>There is no backup yet. n makes one now.</Said>;
  const at = list.indexOf(chosen);
  const {start, end} = windowOf(list.length, at, Math.max(1, rows - 1));
  return (
    <>
      <Said>{head}</Said>
      {lines.slice(start, end).map((line, index) => {
        const isHere = start + index === at;
        return (
          <Box key={start + index} paddingLeft={1} height={1} flexShrink={0}>
            <Box width={2} flexShrink={0}>
              <Text color={theme.accent}>{isHere ? theme.pointer : ' '}</Text>
            </Box>
            <Plain>{line}</Plain>
          </Box>
        );
      })}
    </>
  );
}

function Said({children}: {readonly children: string}) {
  return (
    <Box paddingLeft={3} height={1} flexShrink={0}>
      <Plain dimColor>{children}</Plain>
    </Box>
  );
}
