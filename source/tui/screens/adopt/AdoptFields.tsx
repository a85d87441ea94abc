// The fields of an adoption, where the release sets no limit of memory: when it restarts, and what each pod gets.
import {TextField} from '../../components/text-field/TextField.tsx';
import {Plain} from '../../components/Plain.tsx';
import {useKeys} from '../../keys/keyboard.tsx';
import {isNarrow} from '../../layout.ts';
import {useTheme} from '../../theme.ts';
import {useLayout} from '../../use-window-size.ts';
import {descriptorOf} from '../../../parameters/parameters.ts';
import {Change, ChangeRow, type ChangeProps} from '../change/Change.tsx';
import {nextRow} from '../shared/next-row.ts';
import {adoptAsked, adoptProblem, adoptRows, restartTimes, type AdoptState} from './adopt-state.ts';

type Props = ChangeProps & {readonly screen: AdoptState};
type Show = (next: Partial<AdoptState>) => void;

export function AdoptFields({app, screen, ...change}: Props) {
  const theme = useTheme();
  const {width} = useLayout();
  const {row} = screen;
  const show: Show = (next) => change.dispatch({type: 'show', screen: {...screen, ...next}});
  useFieldKeys(screen, show, app.planned === null);
  return (
    <Change
      app={app}
      {...change}
      problem={adoptProblem(screen)}
      rows={adoptRows.length}
      keys={[
        {keys: `${theme.upDown} tab`, does: 'field'},
        ...(row === 'restart' ? [{keys: 'ctrl-n/p', does: 'when'}] : []),
      ]}
      hint={hintOf(app.status?.memoryAsked?.why ?? null, screen, theme.enter, width)}
      answers={adoptAsked(screen).sizes}
    >
      {(editing) => (
        <>
          <ChangeRow label="Restart" isHere={editing && row === 'restart'}>
            <Plain>{screen.restart}</Plain>
          </ChangeRow>
          {(['memory', 'cpu'] as const).map((key) => (
            <ChangeRow key={key} label={descriptorOf(key).label} isHere={editing && row === key}>
              {editing && row === key ? (
                <TextField
                  initial={screen[key] ?? ''}
                  width={Math.min(24, width - 20)}
                  placeholder={key === 'cpu' ? 'as it is' : ''}
                  onChange={(text) => show({[key]: text})}
                />
              ) : (
                <Plain>{screen[key] || (key === 'cpu' ? 'as it is' : '')}</Plain>
              )}
            </ChangeRow>
          ))}
        </>
      )}
    </Change>
  );
}

function useFieldKeys({row, restart}: AdoptState, show: Show, active: boolean): void {
  useKeys(
    ({name}) => {
      const next = nextRow(adoptRows, row, name);
      if (next !== null) show({row: next});
      else if (row === 'restart' && (name === 'ctrl-n' || name === 'ctrl-p'))
        show({restart: restart === 'now' ? 'later' : 'now'});
      else return false;
      return true;
    },
    {active},
  );
}

function hintOf(why: string | null, {row, restart}: AdoptState, enter: string, width: number): string {
  if (isNarrow(width)) return `${enter} shows what becomes of it.`;
  const follows = `${enter} shows what becomes of it first.`;
  const text = restartTimes.find(({id}) => id === restart)?.text ?? '';
  if (row === 'restart') return `${restart}: ${text}. Data, names, addresses and passwords stay. ${follows}`;
  if (row === 'cpu') return `What each pod requests; empty: as it is. ${follows}`;
  const known = why === null ? '' : `${why}. `;
  return `No limit today: ${known}Each pod may use this much at most, and it is reserved for it. ${follows}`;
}
