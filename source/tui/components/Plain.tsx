// One line of text that is not ours: from the cluster, from helm, from a file. All text from outside is drawn by this.
import {inAscii} from '../../core/signs.ts';
import {plain} from '../../observation/text/plain-text.ts';
import {useTheme} from '../theme.ts';
import {Text, type TextProps} from './Text.tsx';

/**
 * Removes escape sequences and control characters, and turns line ends into spaces. What is too long is cut, unless
 * `wrap` says otherwise.
 */
export function Plain({children, ...props}: Omit<TextProps, 'children'> & {readonly children: string}) {
  const {unicode} = useTheme();
  return (
    <Text wrap="truncate-end" {...props}>
      {unicode ? oneLine(children) : inAscii(oneLine(children))}
    </Text>
  );
}

export function oneLine(text: string): string {
  return plain(text).replace(/\n+/g, ' ');
}
