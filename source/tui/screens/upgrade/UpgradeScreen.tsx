// From where the images of a release are to come, which image it is, and which version of the chart.
import {useState} from 'react';
import {Plain} from '../../components/Plain.tsx';
import {TextField} from '../../components/text-field/TextField.tsx';
import {useKeys} from '../../keys/keyboard.tsx';
import {isNarrow} from '../../layout.ts';
import {useTheme} from '../../theme.ts';
import {useLayout} from '../../use-window-size.ts';
import {imageSourceForms} from '../../../parameters/image-source.ts';
import type {App} from '../../app-state.ts';
import {Change, ChangeRow, type ChangeProps} from '../change/Change.tsx';
import {nextRow} from '../shared/next-row.ts';
import {
  imagesAsked,
  isSourceOfNow,
  offeredFor,
  upgradeProblem,
  upgradeRows,
  withSource,
  type UpgradeRow,
  type UpgradeState,
} from './upgrade-state.ts';

const labels: Readonly<Record<UpgradeRow, string>> = {
  imageSource: 'Image source',
  imageTag: 'Image tag',
  chartVersion: 'Chart version',
};

export function UpgradeScreen({app, screen, ...props}: ChangeProps & {readonly screen: UpgradeState}) {
  const theme = useTheme();
  const {width} = useLayout();
  const {row} = screen;
  const {status} = app;
  const images = status?.parameters?.images ?? null;
  const show = (next: UpgradeState) => props.dispatch({type: 'show', screen: next});
  const type = (text: string) =>
    show(row === 'imageSource' ? withSource(screen, text, images) : {...screen, [row]: text});
  const offered = offeredFor(screen, app) ?? [];
  const now = {imageSource: images?.source, imageTag: images?.tag, chartVersion: status?.chartVersion};
  const chosen = useUpgradeKeys({screen, offered, show, type, active: app.planned === null});
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
      hint={isNarrow(width) ? shortHint(row, offered) : hintOf(screen, app, theme.enter)}
      answers={{images: imagesAsked(screen, status)}}
    >
      {(editing) =>
        upgradeRows.map((key) => (
          <ChangeRow key={key} label={labels[key]} isHere={editing && row === key}>
            {editing && row === key ? (
              <TextField key={chosen} initial={screen[key]} width={Math.min(36, width - 20)} onChange={type} />
            ) : (
              <Plain>{screen[key]}</Plain>
            )}
            {!isNarrow(width) && <Plain dimColor>{remark(key, screen, now[key] ?? '')}</Plain>}
          </ChangeRow>
        ))
      }
    </Change>
  );
}

/** What is to be said beside the row: what runs now, or that what runs gets no fixes any more. */
function remark(key: UpgradeRow, screen: UpgradeState, now: string): string {
  if (screen[key].trim() !== now) return now === '' ? '' : `now ${now}`;
  return key === 'imageSource' && now === 'bitnamilegacy' ? 'frozen since August 2025' : '';
}

/**
 * Moves between the fields and chooses an offered version; counts the choices, so that the field opens with its text.
 */
function useUpgradeKeys({
  screen,
  offered,
  show,
  type,
  active,
}: {
  readonly screen: UpgradeState;
  readonly offered: readonly string[];
  readonly show: (next: UpgradeState) => void;
  readonly type: (text: string) => void;
  readonly active: boolean;
}): number {
  const {row} = screen;
  const [chosen, setChosen] = useState(0);
  const choose = (by: 1 | -1) => {
    const at = offered.indexOf(screen[row]);
    const next = offered[at < 0 ? 0 : (at + by + offered.length) % offered.length];
    if (next === undefined) return;
    type(next);
    setChosen(chosen + 1);
  };
  useKeys(
    ({name}) => {
      const next = nextRow(upgradeRows, row, name);
      if (next !== null) show({...screen, row: next});
      else if (name === 'ctrl-n') choose(1);
      else if (name === 'ctrl-p') choose(-1);
      else return false;
      return true;
    },
    {active},
  );
  return chosen;
}

function shortHint(row: UpgradeRow, offered: readonly string[]): string {
  if (row === 'imageSource') return 'official, bitnamilegacy, or image: and mirror: of your registry';
  return offered.length > 0 ? `Newest: ${offered.slice(0, 2).join(', ')}` : 'Type the one that is wanted.';
}

/** What can be chosen, or why it has to be typed. */
function hintOf(screen: UpgradeState, app: Pick<App, 'versions' | 'status'>, enter: string): string {
  const {row} = screen;
  const follows = `${enter} shows what follows, before anything is changed.`;
  if (row === 'imageSource') return `Where the images come from: ${imageSourceForms}. ${follows}`;
  if (row === 'imageTag' && !isSourceOfNow(screen, app.status))
    return `A tag of the other source, of the same major version of PostgreSQL and the same base system. ${follows}`;
  return `${versionsText(screen, app)} ${follows}`;
}

function versionsText(screen: UpgradeState, {versions, status}: Pick<App, 'versions' | 'status'>): string {
  const {row} = screen;
  if (!versions) return 'Asking the registry which there are.';
  const offered = offeredFor(screen, {versions, status});
  const what = row === 'imageTag' ? 'images' : 'chart';
  if (offered === null && row === 'chartVersion' && versions.chartIsFolder)
    return 'The chart is a folder or a file: it has the one version that is in it.';
  if (offered === null) return `The registry of the ${what} cannot be asked which there are: type one.`;
  return offered.length === 0
    ? `The registry of the ${what} names none of this major version of PostgreSQL.`
    : newestText(offered, screen[row]);
}

function newestText(offered: readonly string[], typed: string): string {
  const others = offered.filter((one) => one !== typed);
  return (
    `${offered.includes(typed) ? '' : 'The registry does not name this one. '}Newest of this major version: ` +
    `${others.slice(0, 4).join(', ') || 'this one'}${others.length > 4 ? ` and ${others.length - 4} more` : ''}.`
  );
}
