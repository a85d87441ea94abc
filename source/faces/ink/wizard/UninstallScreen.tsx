// Before a release goes: what goes with it, what stays, and its name to be typed.
import {Box} from 'ink';
import {useState} from 'react';
import type {LedgerEntry} from '../../../operations/progress.ts';
import {formatBytes} from '../../../parameters/quantity.ts';
import {Confirm} from '../components/Confirm.tsx';
import {Waiting} from '../components/Waiting.tsx';
import {useKeys} from '../keys/keyboard.tsx';
import {useTheme} from '../theme.ts';
import {useLayout} from '../use-window-size.ts';
import type {Action, App} from './app-state.ts';
import {CauseView} from './CauseView.tsx';
import {Frame} from './Frame.tsx';
import {Lines, type Line} from './Lines.tsx';
import {dashboard} from './screens.ts';

interface Props {
  readonly app: App;
  readonly deleteData: boolean;
  readonly dispatch: (action: Action) => void;
  readonly onStart: () => void;
}

/** Nothing can be confirmed before it is known what goes: volumes of readers that were scaled away count too. */
export function UninstallScreen({app, deleteData, dispatch, onStart}: Props) {
  const theme = useTheme();
  const {body} = useLayout();
  const [top, setTop] = useState(0);
  const {planned, target} = app;
  const back = () => dispatch({type: 'show', screen: dashboard});
  useKeys(({name}) => {
    if (name === 'ctrl-n') dispatch({type: 'show', screen: {name: 'uninstall', deleteData: !deleteData}});
    else if (name === 'escape') back();
    else return false;
    return true;
  });
  const ledger = planned?.ledger ?? [];
  const isLow = body < 8;
  const rows = Math.max(1, body - (isLow ? 4 : 8));
  const confirms = planned?.plan !== undefined;
  const keys = [...(confirms ? [{keys: theme.enter, does: 'uninstall'}] : []), {keys: 'esc', does: 'back'}, {keys: 'ctrl-n', does: deleteData ? 'keep data' : 'delete data too'}];
  return (
    <Frame app={app} keys={keys}>
      {!isLow && <Box height={1} flexShrink={0} />}
      {planned?.cause ? (
        <CauseView cause={planned.cause} rows={body - 1} onAgain={() => dispatch({type: 'edit'})} />
      ) : !confirms ? (
        <Waiting>Looking at what would go</Waiting>
      ) : (
        <>
          <Confirm
            key={String(deleteData)}
            question={isLow ? `Uninstall ${target.release}?` : `Uninstall ${target.release} from ${target.namespace}?`}
            consequences={isLow ? [`${summaryOf(ledger)} ctrl-n ${deleteData ? 'keeps' : 'deletes'} them.`] : ['The endpoints go, and every connection with them.', summaryOf(ledger)]}
            typeName={target.release}
            onAnswer={(isYes) => (isYes ? onStart() : back())}
          />
          {!isLow && (
            <Box marginTop={1}>
              <Lines lines={ledger.flatMap(linesOf)} rows={rows} top={top} onScroll={setTop} />
            </Box>
          )}
        </>
      )}
    </Frame>
  );
}

/** Such as `Kept: 3 volumes (60Gi) and the Secret with the password.` */
function summaryOf(ledger: readonly LedgerEntry[]): string {
  const of = (fate: LedgerEntry['fate']) => {
    const volumes = ledger.filter((entry) => entry.fate === fate && (entry.kind === 'PersistentVolumeClaim' || entry.kind === 'PersistentVolume'));
    const bytes = volumes.reduce((sum, volume) => sum + (volume.bytes ?? 0), 0);
    const secret = ledger.some((entry) => entry.fate === fate && entry.kind === 'Secret');
    return [...(volumes.length > 0 ? [`${volumes.length} ${volumes.length === 1 ? 'volume' : 'volumes'} (${formatBytes(bytes)})`] : []), ...(secret ? ['the Secret with the password'] : [])].join(' and ');
  };
  const [deleted, kept] = [of('deleted'), of('kept')];
  return [...(deleted ? [`Deleted for good: ${deleted}.`] : []), ...(kept ? [`Kept: ${kept}.`] : [])].join(' ') || 'It has no volumes and no Secret of its own.';
}

function linesOf({kind, name, fate, bytes, remove}: LedgerEntry): Line[] {
  const what = `${kind === 'PersistentVolumeClaim' ? 'volume' : kind} ${name}${bytes === null ? '' : `  ${formatBytes(bytes)}`}`;
  return [
    {text: `${fate.padEnd(9)}${what}`, ...(fate === 'deleted' ? {color: 'red'} : {dim: true})},
    ...(remove ? [{text: `         its data stays on it; to remove it: ${remove}`, dim: true}] : []),
  ];
}
