// The last frame when drawing fails. A class, because React has no hook for it.
import {ownCommand} from '../../commands/command-line.ts';
import {Box} from 'ink';
import {Component, type ReactNode} from 'react';
import {Plain} from './Plain.tsx';
import {Text} from './Text.tsx';

interface CrashProps {
  /** Told once; ends the app. */
  readonly onError: (error: Error) => void;
  readonly sign: string;
  readonly children: ReactNode;
}

export class CrashBoundary extends Component<CrashProps, {readonly error: Error | null}> {
  override state = {error: null as Error | null};

  static getDerivedStateFromError(thrown: unknown) {
    return {error: toError(thrown)};
  }

  override componentDidCatch(thrown: unknown) {
    this.props.onError(toError(thrown));
  }

  override render() {
    const {error} = this.state;
    if (!error) return this.props.children;
    return (
      <Box flexDirection="column" paddingLeft={1}>
        <Plain wrap="wrap">{`${this.props.sign} The screen cannot go on: ${error.message}`}</Plain>
        <Text dimColor>What was begun in the cluster goes on; {ownCommand('status')} shows it.</Text>
      </Box>
    );
  }
}

function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
