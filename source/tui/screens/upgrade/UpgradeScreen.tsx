// Which image and which version of the chart a release is to have.
import {useState} from 'react';
import {Plain} from '../../components/Plain.tsx';
import {TextField} from '../../components/text-field/TextField.tsx';
import {useKeys} from '../../keys/keyboard.tsx';
import {isNarrow} from '../../layout.ts';
import {useTheme} from '../../theme.ts';
import {useLayout} from '../../use-window-size.ts';
import type {Versions} from '../../../client/types.ts';
import {Change, ChangeRow, type ChangeProps} from '../change/Change.tsx';
import {
  imagesAsked,
  offeredFor,
  upgradeProblem,
  upgradeRows,
  type UpgradeRow,
  type UpgradeState,
} from './upgrade-state.ts';

const labels: Readonly<Record<UpgradeRow, string>> = {imageTag: 'Image tag', chartVersion: 'Chart version'};

export function UpgradeScreen({app, screen, ...props}: ChangeProps & {readonly screen: UpgradeState}) {
  const theme = useTheme();
  const {width} = useLayout();
  const {imageTag, row} = screen;
  const {status, versions} = app;
  const show = (next: Partial<UpgradeState>) => props.dispatch({type: 'show', screen: {...screen, ...next}});
  const offered = offeredFor(row, versions) ?? [];
  const chosen = useUpgradeKeys({screen, offered, show, active: app.planned === null});
  return (
    <Change
      app={app}
      {...props}
      problem={upgradeProblem(screen)}
      rows={upgradeRows.length}
      keys={[
        {keys: `${theme.upDown} tab`, does: 'field'},
        ...(offered.length > 0 ? [{keys: 'ctrl-n/p', does: 'choose'}] : []),
      ]}
      hint={isNarrow(width) ? shortHint(offered) : hintOf(row, versions, screen[row], theme.enter)}
      answers={imageTag.trim() === status?.parameters?.images.tag ? {} : {images: imagesAsked(imageTag, status)}}
    >
      {(editing) =>
        upgradeRows.map((key) => (
          <ChangeRow key={key} label={labels[key]} isHere={editing && row === key}>
            {editing && row === key ? (
              <TextField
                key={chosen}
                initial={screen[key]}
                width={Math.min(36, width - 20)}
                onChange={(typed) => show({[key]: typed})}
              />
            ) : (
              <Plain>{screen[key]}</Plain>
            )}
          </ChangeRow>
        ))
      }
    </Change>
  );
}

/**
 * Moves between the fields and chooses an offered version; counts the choices, so that the field opens with its text.
 */
function useUpgradeKeys({
  screen,
  offered,
  show,
  active,
}: {
  readonly screen: UpgradeState;
  readonly offered: readonly string[];
  readonly show: (next: Partial<UpgradeState>) => void;
  readonly active: boolean;
}): number {
  const {row} = screen;
  const [chosen, setChosen] = useState(0);
  const choose = (by: 1 | -1) => {
    const at = offered.indexOf(screen[row]);
    const next = offered[at < 0 ? 0 : (at + by + offered.length) % offered.length];
    if (next === undefined) return;
    show({[row]: next});
    setChosen(chosen + 1);
  };
  useKeys(
    ({name}) => {
      if (name === 'ctrl-n') choose(1);
      else if (name === 'ctrl-p') choose(-1);
      else if (name === 'up' || name === 'down' || name === 'tab' || name === 'shift-tab')
        show({row: row === 'imageTag' ? 'chartVersion' : 'imageTag'});
      else return false;
      return true;
    },
    {active},
  );
  return chosen;
}

function shortHint(offered: readonly string[]): string {
  return offered.length > 0 ? `Newest: ${offered.slice(0, 2).join(', ')}` : 'Type the one that is wanted.';
}

/** What can be chosen, or why it has to be typed. */
function hintOf(row: UpgradeRow, versions: Versions | null, typed: string, enter: string): string {
  const follows = `${enter} shows what follows, before anything is changed.`;
  if (!versions) return `Asking the registry which there are. ${follows}`;
  const offered = offeredFor(row, versions);
  const what = row === 'imageTag' ? 'images' : 'chart';
  if (offered === null && row === 'chartVersion' && versions.chartIsFolder)
    return `The chart is a folder or a file: it has the one version that is in it. ${follows}`;
  if (offered === null) return `The registry of the ${what} cannot be asked which there are: type one. ${follows}`;
  if (offered.length === 0)
    return `The registry of the ${what} names none of this major version of PostgreSQL. ${follows}`;
  const others = offered.filter((one) => one !== typed);
  return (
    `${offered.includes(typed) ? '' : 'The registry does not name this one. '}Newest of this major version: ` +
    `${others.slice(0, 4).join(', ') || 'this one'}${others.length > 4 ? ` and ${others.length - 4} more` : ''}. ` +
    `${follows}`
  );
}
