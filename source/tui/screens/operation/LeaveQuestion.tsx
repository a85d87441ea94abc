// Ctrl-C in the middle of an operation: stay, leave, stop, or undo. What each one means is said before it happens.
import {Box} from 'ink';
import {useState} from 'react';
import {Plain} from '../../components/Plain.tsx';
import {Select} from '../../components/Select.tsx';
import {useKeys} from '../../keys/keyboard.tsx';
import {useLayout} from '../../use-window-size.ts';
import type {Target} from '../../app-state.ts';
import {hasBegun, needsUs, type Operation} from './operation-state.ts';

export type Answer = 'stay' | 'leave' | 'stop' | 'undo';

export interface LeaveQuestionProps {
  readonly operation: Operation;
  readonly target: Target;
  readonly focused: 'stay' | 'leave';
  readonly rows: number;
  readonly onAnswer: (answer: Answer) => void;
}

export function LeaveQuestion({operation, target, focused, rows, onAnswer}: LeaveQuestionProps) {
  const {width} = useLayout();
  const [chosen, choose] = useState<string>(focused);
  const pauses = needsUs(operation);
  const begun = hasBegun(operation);
  const {release, namespace} = target;
  const items = [
    {key: 'stay', label: 'Stay  '},
    {
      key: 'leave',
      label: 'Leave ',
      hint: !begun
        ? 'nothing has been changed yet'
        : pauses
          ? 'it pauses, recover continues it'
          : 'it goes on in the cluster',
    },
    {key: 'stop', label: 'Stop  ', hint: 'what is there stays'},
    ...(operation.undo ? [{key: 'undo', label: 'Undo  ', hint: 'removes what this run made'}] : []),
  ];
  useKeys(({name}) => {
    if (name === 'escape') onAnswer('stay');
    else if (name === 'ctrl-c') onAnswer('leave');
    else return false;
    return true;
  });
  const more: Readonly<Record<string, string>> = {
    leave: !begun
      ? 'It can be started again at any time.'
      : pauses
        ? `Continue it with: pg-helm-install recover ${release} -n ${namespace}`
        : `Watch it with: pg-helm-install status ${release} -n ${namespace} --watch`,
    stop: 'You stay here, and can run it again.',
    undo:
      operation.undo === 'release'
        ? 'The release goes. Volumes or a Secret that were there before stay.'
        : 'The release goes, and with it the volumes and the Secret that this run made.',
  };
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
          onSelect={(key) => onAnswer(key as Answer)}
          onMove={choose}
        />
      </Box>
      {rows > items.length + 2 && (
        <Box paddingLeft={3} marginTop={1}>
          <Plain dimColor wrap="wrap">
            {more[chosen] ?? ' '}
          </Plain>
        </Box>
      )}
    </Box>
  );
}
