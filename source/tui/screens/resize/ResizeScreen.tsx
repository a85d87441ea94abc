// More or less CPU and memory, another type of node, larger disks: the operator types them, and sees what the change
// takes before anything happens.
import {useState} from 'react';
import {Plain} from '../../components/Plain.tsx';
import {TextField} from '../../components/text-field/TextField.tsx';
import {useKeys} from '../../keys/keyboard.tsx';
import {isNarrow} from '../../layout.ts';
import {useTheme} from '../../theme.ts';
import {useLayout} from '../../use-window-size.ts';
import type {Surveyed} from '../../../client/types.ts';
import {Change, ChangeRow, type ChangeProps} from '../change/Change.tsx';
import {descriptorOf} from '../../../parameters/parameters.ts';
import {nextRow} from '../shared/next-row.ts';
import {resizeProblem, resizeRows, sizesOf, type ResizeRow, type ResizeState} from './resize-state.ts';

type InstanceTypes = Surveyed['instanceTypes'];

export function ResizeScreen({app, screen, ...props}: ChangeProps & {readonly screen: ResizeState}) {
  const theme = useTheme();
  const {width} = useLayout();
  const {row} = screen;
  const now = app.status?.parameters ?? null;
  const types = app.surveyed?.instanceTypes ?? [];
  const show = (next: Partial<ResizeState>) => props.dispatch({type: 'show', screen: {...screen, ...next}});
  const chosen = useResizeKeys({screen, types, show, active: app.planned === null});
  const chooses = row === 'instanceType' && types.length > 0;
  return (
    <Change
      app={app}
      {...props}
      problem={resizeProblem(screen)}
      rows={resizeRows.length}
      keys={[{keys: `${theme.upDown} tab`, does: 'field'}, ...(chooses ? [{keys: 'ctrl-n/p', does: 'choose'}] : [])]}
      hint={hintOf(row, types, theme.enter, width)}
      answers={sizesOf(screen, now)}
    >
      {(editing) =>
        resizeRows.map((key) => (
          <ChangeRow key={key} label={descriptorOf(key).label} isHere={editing && row === key}>
            {editing && row === key ? (
              <TextField
                key={chosen}
                initial={screen[key]}
                width={Math.min(24, width - 20)}
                onChange={(text) => show({[key]: text})}
              />
            ) : (
              <Plain>{screen[key]}</Plain>
            )}
            {now && screen[key].trim() !== now[key] && <Plain dimColor>{`now ${now[key]}`}</Plain>}
          </ChangeRow>
        ))
      }
    </Change>
  );
}

/** Moves through the fields and chooses a type of node; counts the choices, so that the field opens with its text. */
function useResizeKeys({
  screen,
  types,
  show,
  active,
}: {
  readonly screen: ResizeState;
  readonly types: InstanceTypes;
  readonly show: (next: Partial<ResizeState>) => void;
  readonly active: boolean;
}): number {
  const {row} = screen;
  const [chosen, setChosen] = useState(0);
  const choose = (by: 1 | -1) => {
    const at = types.findIndex(({name}) => name === screen.instanceType);
    const next = types[(at + by + types.length) % types.length];
    if (!next) return;
    show({instanceType: next.name});
    setChosen(chosen + 1);
  };
  const chooses = row === 'instanceType' && types.length > 0;
  useKeys(
    ({name}) => {
      const next = nextRow(resizeRows, row, name);
      if (next !== null) show({row: next});
      else if (chooses && name === 'ctrl-n') choose(1);
      else if (chooses && name === 'ctrl-p') choose(-1);
      else return false;
      return true;
    },
    {active},
  );
  return chosen;
}

function hintOf(row: ResizeRow, types: InstanceTypes, enter: string, width: number): string {
  // Only one line, because text that has to be scrolled would take the arrow keys from the fields.
  if (isNarrow(width)) return `${enter} shows what it takes first.`;
  const follows = `${enter} shows what it takes, before anything is changed.`;
  if (row === 'storageSize') return `Every volume grows to it while the database works; it never shrinks. ${follows}`;
  if (row !== 'instanceType') return `In place where the cluster can, without a restart. ${follows}`;
  const offered = types.map(({name, fitting}) => `${name} (${fitting} ${fitting === 1 ? 'node' : 'nodes'})`).join(', ');
  return (
    `${offered === '' ? 'The type that the nodes have in their label, or any.' : `There are: ${offered}.`} A type ` +
    `of its own brings its CPU and memory unless they are typed. ${follows}`
  );
}
