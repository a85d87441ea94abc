// A cause with its evidence and what to do. The number of a remedy runs it, or sends its command to the clipboard.
import {useContext, useState} from 'react';
import {Box} from 'ink';
import type {Cause, Remedy} from '../../../core/cause.ts';
import {shellLines} from '../../../core/shell.ts';
import {plain} from '../../../observation/text/plain-text.ts';
import {useClipboard} from '../../clipboard.ts';
import {Plain} from '../../components/Plain.tsx';
import {useKeys} from '../../keys/keyboard.tsx';
import {useTheme} from '../../theme.ts';
import {useLayout} from '../../use-window-size.ts';
import {Lines, type Line} from './Lines.tsx';
import {remedyDoes, RunContext, type RemedyDoes} from './remedies.ts';
import {wrapped} from './wrap.ts';

interface Props {
  readonly cause: Cause;
  /** The rows for all of it, including one line that says what was copied. */
  readonly rows: number;
  /** What else there is to know, below it. */
  readonly more?: readonly Line[];
  /** Absent: there is nothing to run again. */
  readonly onAgain?: () => void;
}

const maxEvidence = 5;
const maxLines = 4;

export function CauseView({cause, rows, more = [], onAgain}: Props) {
  const theme = useTheme();
  const {width} = useLayout();
  const copy = useClipboard();
  const run = useContext(RunContext);
  const [top, setTop] = useState(0);
  const [note, setNote] = useState<string | null>(null);
  useKeys(({text}) => {
    const remedy = remedyAt(cause, text);
    if (!remedy) return false;
    const does = remedyDoes(remedy, {canRun: run !== null, canRunAgain: onAgain !== undefined});
    if (does?.kind === 'again') onAgain?.();
    else if (does?.kind === 'run') run?.(does.operation);
    else if (does?.kind === 'copy') copy(does.text);
    setNote(noteOf(does, text ?? ''));
    return true;
  });
  return (
    <Box flexDirection="column" flexShrink={0}>
      <Lines
        lines={[
          ...linesOf(cause, Math.max(20, width - 4), theme.signs.failed.text),
          ...(more.length > 0 ? [{text: ''}] : []),
          ...more,
        ]}
        rows={Math.max(2, note ? rows - 1 : rows)}
        top={top}
        onScroll={setTop}
      />
      {note && (
        <Box paddingLeft={3} flexShrink={0}>
          <Plain dimColor>{note}</Plain>
        </Box>
      )}
    </Box>
  );
}

/** The remedy of a pressed number; the first nine have the numbers 1 to 9. */
function remedyAt({remedies}: Cause, text: string | undefined): Remedy | undefined {
  return text !== undefined && /^[1-9]$/.test(text) ? remedies[Number(text) - 1] : undefined;
}

/** What is said below the cause when the number of a remedy was pressed. */
function noteOf(does: RemedyDoes | null, number: string): string | null {
  if (does?.kind === 'copy') return `Command ${number} was sent to your terminal's clipboard.`;
  return does === null ? `${number} has no command: it is for you to do.` : null;
}

function linesOf({code, message, object, evidence, remedies}: Cause, width: number, sign: string): Line[] {
  const about = object ? `  ${object.kind} ${object.name}` : '';
  return [
    ...wrapped(`${sign} ${code}${about}`, width, '  ').map((text): Line => ({text, bold: true, color: 'red'})),
    ...wrapped(message, width).map((text) => ({text})),
    ...evidence
      .slice(0, maxEvidence)
      .flatMap((said) => firstLines(wrapped(said, width - 2, '  ')).map((text) => ({text: `  ${text}`, dim: true}))),
    ...(evidence.length > maxEvidence ? [{text: `  … ${evidence.length - maxEvidence} more`, dim: true}] : []),
    ...(remedies.length > 0 ? [{text: ''}] : []),
    ...remedies.flatMap(({title, command}, index) => [
      ...wrapped(`${index + 1}  ${title}`, width, '   ').map((text) => ({text})),
      ...(command
        ? shellLines(plain(command), width - 3).map((text): Line => ({text: `   ${text}`, color: 'cyan'}))
        : []),
    ]),
  ];
}

/** Ends with `…` where lines are left out. */
function firstLines(lines: readonly string[]): readonly string[] {
  return lines.length <= maxLines ? lines : [...lines.slice(0, maxLines - 1), `${lines[maxLines - 1]} …`];
}
