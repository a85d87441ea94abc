// The sign of a state, in its colour; for a running one, the spinner.
import type {Sign as SignName} from '../../core/signs.ts';
import {useTheme} from '../theme.ts';
import {Spinner} from './Spinner.tsx';
import {Text} from './Text.tsx';

export function Sign({of}: {readonly of: SignName}) {
  const {text, colour} = useTheme().signs[of];
  if (of === 'running') return <Spinner />;
  return colour ? <Text color={colour}>{text}</Text> : <Text dimColor>{text}</Text>;
}
