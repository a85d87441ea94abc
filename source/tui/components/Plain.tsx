// One line of words that are not ours: from the cluster, from helm, from a file. Everything from outside is drawn by
// this.
import {plain} from '../../observation/plain-text.ts';
import {useTheme} from '../theme.ts';
import {Text, type TextProps} from './Text.tsx';

/**
 * Sequences and control characters are gone and line ends are spaces; what is too long is cut unless `wrap` says
 * otherwise.
 */
export function Plain({children, ...props}: Omit<TextProps, 'children'> & {readonly children: string}) {
  const {unicode} = useTheme();
  return (
    <Text wrap="truncate-end" {...props}>
      {unicode ? oneLine(children) : ascii(oneLine(children))}
    </Text>
  );
}

export function oneLine(text: string): string {
  return plain(text).replace(/\n+/g, ' ');
}

/** The signs that our own sentences hold. */
function ascii(text: string): string {
  return text.replace(
    /[·–×…•✔→❯]/g,
    (sign) => ({'·': '-', '–': '-', '×': 'x', '…': '...', '•': '*', '✔': '+', '→': '->', '❯': '>'})[sign] ?? sign,
  );
}
