// Adopts a release that plain helm made: when it restarts, then what becomes of it, and the way back.
import {useTheme} from '../../theme.ts';
import type {ChangeProps} from '../change/Change.tsx';
import {ChangeOfOne} from '../change/ChangeOfOne.tsx';
import {restartTimes, type AdoptState} from './adopt-state.ts';

export function AdoptScreen({screen, ...change}: ChangeProps & {readonly screen: AdoptState}) {
  const {enter} = useTheme();
  return (
    <ChangeOfOne
      {...change}
      choices={restartTimes}
      chosen={screen.restart}
      onChoose={(id) => change.dispatch({type: 'show', screen: {...screen, restart: id === 'later' ? 'later' : 'now'}})}
      labelWidth={9}
      arrowsDo="when"
      hint={`When it restarts. Data, names, addresses and passwords stay. ${enter} shows what becomes of it first.`}
      lowHint={`${enter} shows what becomes of it.`}
    />
  );
}
