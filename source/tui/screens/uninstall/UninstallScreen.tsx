// Before a release goes: what goes with it, what stays, where a last dump may go, and its name to be typed.
import {Box} from 'ink';
import {useState} from 'react';
import type {LedgerEntry} from '../../../operations/progress.ts';
import {formatBytes} from '../../../parameters/quantity.ts';
import {ledgerText, removalText} from '../../../operations/ledger-text.ts';
import {Confirm} from '../../components/Confirm.tsx';
import {Plain} from '../../components/Plain.tsx';
import {TextField} from '../../components/text-field/TextField.tsx';
import {Waiting} from '../../components/Waiting.tsx';
import {useKeys} from '../../keys/keyboard.tsx';
import {useTheme} from '../../theme.ts';
import {isNarrow} from '../../layout.ts';
import {useLayout} from '../../use-window-size.ts';
import type {Action, App} from '../../app-state.ts';
import {CauseView} from '../shared/CauseView.tsx';
import {Frame} from '../shared/Frame.tsx';
import {Lines, type Line} from '../shared/Lines.tsx';
import {dashboard, type Screen} from '../../screens.ts';
import {wrapped} from '../shared/wrap.ts';

interface Props {
  readonly app: App;
  readonly screen: Extract<Screen, {name: 'uninstall'}>;
  readonly dispatch: (action: Action) => void;
  readonly onStart: () => void;
}

/** Nothing can be confirmed before it is known what goes: volumes of readers that were scaled away count too. */
export function UninstallScreen({app, screen, dispatch, onStart}: Props) {
  const theme = useTheme();
  const {body, width} = useLayout();
  const [top, setTop] = useState(0);
  const {planned, target} = app;
  const {deleteData, dumpTo} = screen;
  const show = (next: Partial<typeof screen>) => dispatch({type: 'show', screen: {...screen, ...next}});
  const back = () => dispatch({type: 'show', screen: dashboard});
  useKeys(({name}) => {
    if (name === 'ctrl-n') show({deleteData: !deleteData});
    else if (name === 'escape') back();
    else return false;
    return true;
  });
  const ledger = planned?.ledger ?? [];
  const isLow = body < 8;
  const confirms = planned?.plan !== undefined;
  // A file that cannot be used, or not now, is typed anew where it was typed.
  const problem =
    planned?.cause && dumpTo !== '' && (planned.cause.code === 'BAD_INPUT' || planned.cause.code === 'DUMP_FAILED')
      ? planned.cause.message.replace(/^--dump-to: /, '')
      : null;
  const types = problem !== null || (confirms && screen.row === 'dump');
  const rows = Math.max(1, body - 9);
  const keys = types
    ? [
        {keys: theme.enter, does: 'this file'},
        {keys: 'esc', does: problem === null ? 'as before' : 'no dump'},
      ]
    : [
        ...(confirms
          ? [
              {keys: theme.enter, does: isNarrow(width) ? 'yes' : 'uninstall'},
              {keys: 'tab', does: isNarrow(width) ? 'dump' : 'last dump'},
            ]
          : []),
        {keys: 'esc', does: 'back'},
        {keys: 'ctrl-n', does: deleteData ? 'keep data' : 'delete data too'},
      ];
  const take = (typed: string) => {
    show({dumpTo: typed.trim(), row: 'name'});
    // The same file again: it may be another matter now.
    if (problem !== null) dispatch({type: 'edit'});
  };
  const dumpField = (
    <Box gap={1} flexShrink={0}>
      <Box flexShrink={0}>
        <Plain>Last dump to:</Plain>
      </Box>
      {types ? (
        <TextField
          initial={dumpTo}
          width={Math.max(12, width - 20)}
          placeholder="no dump; a file such as orders.sql"
          onSubmit={take}
          onLeave={(key, typed) =>
            key === 'escape' ? show({dumpTo: problem === null ? dumpTo : '', row: 'name'}) : take(typed)
          }
        />
      ) : (
        <Plain dimColor={dumpTo === ''}>
          {dumpTo === '' ? 'no dump' : `${dumpTo}, first; without it nothing is removed`}
        </Plain>
      )}
    </Box>
  );
  return (
    <Frame app={app} keys={keys}>
      {!isLow && <Box height={1} flexShrink={0} />}
      {problem !== null ? (
        <Box flexDirection="column" paddingLeft={3} flexShrink={0}>
          {dumpField}
          {wrapped(`${theme.signs.warning.text} ${problem}`, width - 4)
            .slice(0, body - (isLow ? 1 : 2))
            .map((text) => (
              <Plain key={text} color="yellow">
                {text}
              </Plain>
            ))}
        </Box>
      ) : planned?.cause ? (
        <CauseView cause={planned.cause} rows={body - 1} onAgain={() => dispatch({type: 'edit'})} />
      ) : !confirms ? (
        <Waiting>Looking at what would go</Waiting>
      ) : (
        <>
          <Confirm
            question={isLow ? `Uninstall ${target.release}?` : `Uninstall ${target.release} from ${target.namespace}?`}
            consequences={
              isLow
                ? [
                    `${summaryOf(ledger)} ` +
                      (dumpTo === ''
                        ? `ctrl-n ${deleteData ? 'keeps' : 'deletes'} them.`
                        : `First dumped to ${dumpTo}.`),
                  ]
                : ['The endpoints go, and every connection with them.', summaryOf(ledger)]
            }
            typeName={target.release}
            typed={screen.typed}
            onType={(typed) => show({typed})}
            field={{isEdited: types, line: dumpField, onEdit: () => show({row: 'dump'})}}
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
    const volumes = ledger.filter(
      (entry) => entry.fate === fate && (entry.kind === 'PersistentVolumeClaim' || entry.kind === 'PersistentVolume'),
    );
    const bytes = volumes.reduce((sum, volume) => sum + (volume.bytes ?? 0), 0);
    const secret = ledger.some((entry) => entry.fate === fate && entry.kind === 'Secret');
    return [
      ...(volumes.length > 0
        ? [`${volumes.length} ${volumes.length === 1 ? 'volume' : 'volumes'} (${formatBytes(bytes)})`]
        : []),
      ...(secret ? ['the Secret with the password'] : []),
    ].join(' and ');
  };
  const [deleted, kept] = [of('deleted'), of('kept')];
  return (
    [...(deleted ? [`Deleted for good: ${deleted}.`] : []), ...(kept ? [`Kept: ${kept}.`] : [])].join(' ') ||
    'It has no volumes and no Secret of its own.'
  );
}

function linesOf(entry: LedgerEntry): Line[] {
  return [
    {text: `${entry.fate.padEnd(9)}${ledgerText(entry)}`, ...(entry.fate === 'deleted' ? {color: 'red'} : {dim: true})},
    ...(entry.remove === undefined ? [] : [{text: `         ${removalText(entry)}`, dim: true}]),
  ];
}
