// Ctrl-C during an operation: stay, leave, stop, or undo. Each answer is explained before anything happens.
import {Box} from 'ink';
import {useState} from 'react';
import {Plain} from '../../components/Plain.tsx';
import {Select, type Item} from '../../components/Select.tsx';
import {useKeys} from '../../keys/keyboard.tsx';
import {useLayout} from '../../use-window-size.ts';
import {render} from '../../../commands/command-line.ts';
import type {ShownTarget} from '../../state/target.ts';
import {hasStarted, needsUs, type RunningOperation} from './operation-state.ts';

export type LeaveAnswer = 'stay' | 'leave' | 'stop' | 'undo';

interface LeaveQuestionProps {
  readonly operation: RunningOperation;
  readonly target: ShownTarget;
  readonly focused: 'stay' | 'leave';
  readonly rows: number;
  readonly onAnswer: (answer: LeaveAnswer) => void;
}

export function LeaveQuestion({operation, target, focused, rows, onAnswer}: LeaveQuestionProps) {
  const {width} = useLayout();
  const [chosen, choose] = useState<string>(focused);
  const {items, explanations} = choicesOf(operation, target);
  useKeys(({name}) => {
    if (name === 'escape') onAnswer('stay');
    else if (name === 'ctrl-c') onAnswer('leave');
    else return false;
    return true;
  });
  return (
    <Box flexDirection="column" flexShrink={0}>
      {rows > items.length && (
        <Box paddingLeft={3}>
          <Plain bold>Leave or stop?</Plain>
        </Box>
      )}
      <Box paddingLeft={3} width={width}>
        <Select
          items={items}
          rows={items.length}
          initial={focused}
          onSelect={(key) => onAnswer(key as LeaveAnswer)}
          onMove={choose}
        />
      </Box>
      {rows > items.length + 2 && (
        <Box paddingLeft={3} marginTop={1}>
          <Plain dimColor wrap="wrap">
            {explanations[chosen] ?? ' '}
          </Plain>
        </Box>
      )}
    </Box>
  );
}

/** The answers, each with a few words, and a sentence about the chosen one. */
function choicesOf(
  operation: RunningOperation,
  {release, namespace}: ShownTarget,
): {readonly items: readonly Item[]; readonly explanations: Readonly<Record<string, string>>} {
  const leave = leaveWords(operation, `${release} -n ${namespace}`);
  return {
    items: [
      {key: 'stay', label: 'Stay  '},
      {key: 'leave', label: 'Leave ', hint: leave.hint},
      {key: 'stop', label: 'Stop  ', hint: 'what is there stays'},
      ...(operation.undo ? [{key: 'undo', label: 'Undo  ', hint: 'removes what this run made'}] : []),
    ],
    explanations: {
      leave: leave.explanation,
      stop: 'You stay here, and can run it again.',
      undo:
        operation.undo === 'release'
          ? 'The release goes. Volumes or a Secret that were there before stay.'
          : 'The release goes, and with it the volumes and the Secret that this run made.',
    },
  };
}

/** Left out here: the line that stays in the terminal when the screens are left names namespace and context. */
const anywhere = {namespace: null, context: null};

function leaveWords(
  operation: RunningOperation,
  release: string,
): {readonly hint: string; readonly explanation: string} {
  if (!hasStarted(operation))
    return {hint: 'nothing has been changed yet', explanation: 'It can be started again at any time.'};
  if (needsUs(operation))
    return {
      hint: 'it pauses, recover continues it',
      explanation: `Continue it with: ${render({kind: 'recover', release, ...anywhere})}`,
    };
  return {
    hint: 'it goes on in the cluster',
    explanation: `Watch it with: ${render({kind: 'status', release, ...anywhere, watch: true})}`,
  };
}
