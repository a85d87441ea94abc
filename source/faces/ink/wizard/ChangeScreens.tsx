// The guided changes of a release: how many readers, which version.
import {useState} from 'react';
import {fittingNodes} from '../../../parameters/resolve.ts';
import {Plain} from '../components/Plain.tsx';
import {TextField} from '../components/text-field/TextField.tsx';
import {useKeys} from '../keys/keyboard.tsx';
import {useTheme} from '../theme.ts';
import {useLayout} from '../use-window-size.ts';
import {Change, ChangeRow, type ChangeProps} from './Change.tsx';
import type {Screen, UpgradeRow} from './screens.ts';

export function ScaleScreen({app, readers, ...props}: ChangeProps & {readonly readers: string}) {
  const isRight = /^\s*\d{1,2}\s*$/.test(readers) && Number(readers) <= 15;
  const theme = useTheme();
  const {width} = useLayout();
  const now = app.status?.readers.wanted;
  return (
    <Change
      app={app}
      {...props}
      problem={isRight ? null : 'Right is a whole number from 0 to 15.'}
      rows={1}
      answers={isRight ? {readReplicaCount: Number(readers)} : {}}
      hint={scaleHint(app, theme.enter, width < 60)}
    >
      {(editing) => (
        <ChangeRow label="Read replicas" isHere={editing}>
          {editing ? <TextField initial={readers} width={8} onChange={(typed) => props.dispatch({type: 'show', screen: {name: 'scale', readers: typed}})} /> : <Plain>{readers}</Plain>}
          <Plain dimColor>{`now ${now ?? '?'}`}</Plain>
        </ChangeRow>
      )}
    </Change>
  );
}

/** What a reader costs, where there is room for more, and what stays when there are fewer. */
function scaleHint({status, surveyed}: ChangeProps['app'], enter: string, isShort: boolean): string {
  const parameters = status?.parameters;
  if (!parameters) return `${enter} shows what follows.`;
  const {cpu, memory, storageSize, storageClass, spread, instanceType} = parameters;
  const cost = `Each reader takes ${cpu} CPU, ${memory} memory and a volume of ${storageSize}${storageClass ? ` (${storageClass})` : ''}.`;
  if (isShort) return cost;
  const fit = surveyed?.place.nodes ? fittingNodes(surveyed.place.nodes, instanceType).length : null;
  const pods = status.pods.length;
  const nodes = fit === null ? '' : spread === 'required' ? ` Every pod has a node of its own: ${fit} ${fit === 1 ? 'node fits' : 'nodes fit'}, ${Math.min(fit, pods)} of them taken.` : ` ${fit} ${fit === 1 ? 'node fits' : 'nodes fit'}; pods may share one.`;
  return `${cost}${nodes} With fewer readers their volumes stay. ${enter} shows what follows, before anything is changed.`;
}

const labels: Readonly<Record<UpgradeRow, string>> = {imageTag: 'Image tag', chartVersion: 'Chart version'};
const upgradeRows = ['imageTag', 'chartVersion'] as const;

export function UpgradeScreen({app, screen, ...props}: ChangeProps & {readonly screen: Extract<Screen, {name: 'upgrade'}>}) {
  const theme = useTheme();
  const {width} = useLayout();
  const {imageTag, chartVersion, row} = screen;
  const {status, versions} = app;
  // Counts what was chosen by key, so that the field opens again with it.
  const [chosen, setChosen] = useState(0);
  const show = (next: Partial<typeof screen>) => props.dispatch({type: 'show', screen: {...screen, ...next}});
  const offered = (row === 'imageTag' ? versions?.imageTags : versions?.chartVersions) ?? [];
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
      else if (name === 'up' || name === 'down' || name === 'tab' || name === 'shift-tab') show({row: row === 'imageTag' ? 'chartVersion' : 'imageTag'});
      else return false;
      return true;
    },
    {active: app.planned === null},
  );
  const isMissing = imageTag.trim() === '' || chartVersion.trim() === '';
  return (
    <Change
      app={app}
      {...props}
      problem={isMissing ? 'Both a tag and a version are needed; what runs now stands there.' : null}
      rows={2}
      keys={[{keys: `${theme.upDown} tab`, does: 'field'}, ...(offered.length > 0 ? [{keys: 'ctrl-n/p', does: 'choose'}] : [])]}
      hint={width < 60 ? shortHint(offered) : hintOf(row, app.versions, screen[row], theme.enter)}
      answers={status?.parameters?.images.tag === imageTag.trim() ? {} : {images: {tag: imageTag.trim()}}}
    >
      {(editing) =>
        upgradeRows.map((key) => (
          <ChangeRow key={key} label={labels[key]} isHere={editing && row === key}>
            {editing && row === key ? (
              <TextField key={chosen} initial={screen[key]} width={Math.min(36, width - 20)} onChange={(typed) => show({[key]: typed})} />
            ) : (
              <Plain>{screen[key]}</Plain>
            )}
          </ChangeRow>
        ))
      }
    </Change>
  );
}

function shortHint(offered: readonly string[]): string {
  return offered.length > 0 ? `Newest: ${offered.slice(0, 2).join(', ')}` : 'Type the one that is wanted.';
}

/** What there is to choose from, or why something is to be typed. */
function hintOf(row: UpgradeRow, versions: ChangeProps['app']['versions'], typed: string, enter: string): string {
  const follows = `${enter} shows what follows, before anything is changed.`;
  if (!versions) return `Asking the registry which there are. ${follows}`;
  const offered = row === 'imageTag' ? versions.imageTags : versions.chartVersions;
  const what = row === 'imageTag' ? 'images' : 'chart';
  if (offered === null) return `${row === 'chartVersion' && versions.chartIsFolder ? 'The chart is a folder or a file: it has the one version that is in it.' : `The registry of the ${what} cannot be asked which there are: type one.`} ${follows}`;
  if (offered.length === 0) return `The registry of the ${what} names none of this major version of PostgreSQL. ${follows}`;
  const others = offered.filter((one) => one !== typed);
  return `${offered.includes(typed) ? '' : 'The registry does not name this one. '}Newest of this major version: ${others.slice(0, 4).join(', ') || 'this one'}${others.length > 4 ? ` and ${others.length - 4} more` : ''}. ${follows}`;
}
