// How many readers a release is to have, and whether the volumes of the readers that go are kept.
import {fittingIn} from '../../../parameters/place.ts';
import {ofReaders} from '../../../parameters/readers.ts';
import {Plain} from '../../components/Plain.tsx';
import {TextField} from '../../components/text-field/TextField.tsx';
import {useKeys} from '../../keys/keyboard.tsx';
import {useTheme} from '../../theme.ts';
import {isNarrow} from '../../layout.ts';
import {useLayout} from '../../use-window-size.ts';
import {Change, ChangeRow, type ChangeProps} from '../change/Change.tsx';
import {isReaderCount, spareVolumes, type ScaleState} from './scale-state.ts';

export function ScaleScreen({app, screen, ...props}: ChangeProps & {readonly screen: ScaleState}) {
  const {readers, deleteVolumes} = screen;
  const now = String(app.status?.readers.wanted ?? '');
  const isRight = isReaderCount(readers);
  const theme = useTheme();
  const {width} = useLayout();
  const spare = isRight ? spareVolumes(app.status, Number(readers)) : 0;
  const show = (next: Partial<ScaleState>) => props.dispatch({type: 'show', screen: {...screen, ...next}});
  useKeys(({name}) => name === 'ctrl-n' && spare > 0 && (show({deleteVolumes: !deleteVolumes}), true), {
    active: app.planned === null,
  });
  return (
    <Change
      app={app}
      {...props}
      problem={isRight ? null : 'Use a whole number from 0 to 15.'}
      rows={spare > 0 ? 2 : 1}
      keys={spare > 0 ? [{keys: 'ctrl-n', does: deleteVolumes ? 'keep volumes' : 'delete volumes'}] : []}
      answers={isRight ? {readReplicaCount: Number(readers)} : {}}
      hint={scaleHint(app, theme.enter, isNarrow(width))}
      {...(deleteVolumes ? {typeName: app.target.release} : {})}
    >
      {(editing) => (
        <>
          <ChangeRow label="Read replicas" isHere={editing}>
            {/* Whether volumes are deleted is asked again for each number. */}
            {editing ? (
              <TextField
                initial={readers === now ? '' : readers}
                placeholder={now}
                width={8}
                onChange={(typed) => show({readers: typed === '' ? now : typed, deleteVolumes: false})}
              />
            ) : (
              <Plain>{readers}</Plain>
            )}
            <Plain dimColor>{`now ${app.status?.readers.wanted ?? '?'}`}</Plain>
          </ChangeRow>
          {spare > 0 && (
            <ChangeRow label="Spare volumes" isHere={false}>
              <Plain {...(deleteVolumes ? {color: 'red'} : {})}>
                {deleteVolumes
                  ? `${spare} deleted for good`
                  : `${spare} ${spare === 1 ? 'stays' : 'stay'}${isNarrow(width) ? ', ctrl-n deletes' : ''}`}
              </Plain>
            </ChangeRow>
          )}
        </>
      )}
    </Change>
  );
}

/** What a reader costs, and where there is room for more. */
function scaleHint({status, surveyed}: ChangeProps['app'], enter: string, isShort: boolean): string {
  const parameters = status?.parameters;
  if (!parameters) return `${enter} shows what follows.`;
  const {cpu, memory, storageSize, storageClass, spread, instanceType} = ofReaders(parameters);
  const cost =
    `Each reader takes ${cpu} CPU, ${memory} memory and a volume of ` +
    `${storageSize}${storageClass ? ` (${storageClass})` : ''}.`;
  if (isShort) return cost;
  const fit = surveyed?.place.nodes ? fittingIn(surveyed.place, instanceType).length : null;
  const pods = status.pods.length;
  const nodes =
    fit === null
      ? ''
      : spread === 'required'
        ? ` Every pod has a node of its own: ${fit} ${fit === 1 ? 'node fits' : 'nodes fit'}, ` +
          `${Math.min(fit, pods)} of them taken.`
        : ` ${fit} ${fit === 1 ? 'node fits' : 'nodes fit'}; pods may share one.`;
  return `${cost}${nodes} ${enter} shows what follows, before anything is changed.`;
}
