// Ink's Text with our colours: a component says green, yellow, red, the accent or dim, and gets a shade that is
// readable.
import {Text as InkText, type TextProps as InkTextProps} from 'ink';
import {readableColours, type Colour} from '../../core/colours.ts';
import {useTheme} from '../theme.ts';

export type TextProps = Omit<InkTextProps, 'color'> & {readonly color?: Exclude<Colour, 'dim'>};

export function Text({color, dimColor = false, ...props}: TextProps) {
  const {colours} = useTheme();
  const name: Colour | null = color ?? (dimColor ? 'dim' : null);
  if (name === null) return <InkText {...props} />;
  if (colours === 'readable') return <InkText {...props} color={`ansi256(${readableColours[name]})`} />;
  return name === 'dim' ? <InkText {...props} dimColor /> : <InkText {...props} color={name} />;
}
