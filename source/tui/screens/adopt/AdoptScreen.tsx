// Adopts a release that plain helm made: when it restarts, then what becomes of it, and the way back. One that is
// inside the release of an application is taken out of that first.
import {Box} from 'ink';
import {useTheme} from '../../theme.ts';
import {Plain} from '../../components/Plain.tsx';
import {Change, type ChangeProps} from '../change/Change.tsx';
import {ChangeOfOne} from '../change/ChangeOfOne.tsx';
import {AdoptFields} from './AdoptFields.tsx';
import {restartTimes, type AdoptState} from './adopt-state.ts';

type Props = ChangeProps & {readonly screen: AdoptState};

export function AdoptScreen(props: Props) {
  const {screen, ...change} = props;
  if (screen.detach) return <Detach {...change} />;
  return props.screen.memory === null ? <AsItIs {...props} /> : <AdoptFields {...props} />;
}

function AsItIs({screen, ...change}: Props) {
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

function Detach({app, ...change}: ChangeProps) {
  const {enter} = useTheme();
  return (
    <Change
      app={app}
      {...change}
      problem={null}
      rows={1}
      hint={`Nothing is changed before it is shown. ${enter} shows how, what it risks, and the way back.`}
      answers={{}}
    >
      {() => (
        <Box paddingLeft={3} height={1} flexShrink={0}>
          <Plain>{`The database leaves the release ${app.target.release}, and becomes a release of its own.`}</Plain>
        </Box>
      )}
    </Change>
  );
}
