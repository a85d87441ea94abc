// Opens the screens on a terminal.
import {renderApp, type RunningApp, type Terminal} from './render.tsx';
import {App, type AppProps} from './App.tsx';
import type {ExitSummary} from './exit-summary.ts';

export function openWizard(props: Omit<AppProps, 'onCopy'>, terminal: Terminal): RunningApp<ExitSummary> {
  // OSC 52, xterm's control sequences: the terminal itself puts the text on its clipboard, also over ssh.
  const onCopy = (text: string) =>
    void terminal.stdout.write(`\u001b]52;c;${Buffer.from(text).toString('base64')}\u0007`);
  return renderApp<ExitSummary>(<App {...props} onCopy={onCopy} />, terminal);
}
