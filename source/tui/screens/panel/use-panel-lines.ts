// Asks for the text of a panel; logs are asked for again and again.
import {render} from '../../../commands/command-line.ts';
import {useEffect} from 'react';
import type {App} from '../../app-state.ts';
import type {Client, History, LogTail} from '../../../client/types.ts';
import {historyLines} from '../../../observation/text/history-lines.ts';
import {plain} from '../../../observation/text/plain-text.ts';
import type {ShownTarget} from '../../state/target.ts';
import type {Ask} from '../../use-asking.ts';
import type {Panel} from './panel-state.ts';

/** ms from one look to the next. */
const logsEveryMs = 3000;

export function usePanelLines({screen, target}: App, client: Client, ask: Ask): void {
  const panel = panelOf(screen);
  useEffect(() => {
    if (panel === null) return;
    const look = () =>
      ask(async (dispatch) =>
        dispatch({
          type: 'panel',
          ...(panel === 'connect' ? await connectTexts(client, target) : {lines: await textOf[panel](client, target)}),
        }),
      );
    let forget = look();
    const timer =
      panel === 'logs'
        ? setInterval(() => {
            forget();
            forget = look();
          }, logsEveryMs)
        : undefined;
    return () => {
      clearInterval(timer);
      forget();
    };
  }, [panel, target, client, ask]);
}

/** The panel that is shown; an operation shows the logs below its tracks. */
function panelOf(screen: App['screen']): Panel | null {
  if (screen.name === 'panel') return screen.panel;
  return screen.name === 'operation' && screen.below === 'logs' ? 'logs' : null;
}

/** What 80 columns have room for. */
const historyColumns = ['REVISION', 'STATUS', 'UPDATED', 'CHART', 'DESCRIPTION'];

const textOf: Readonly<
  Record<Exclude<Panel, 'connect'>, (client: Client, target: ShownTarget) => Promise<readonly string[]>>
> = {
  values: async (client, target) => {
    const [values, {writeHelmYaml}] = await Promise.all([client.values(target), import('../../../chart/helm-yaml.ts')]);
    return writeHelmYaml(values).trimEnd().split('\n');
  },
  history: async (client, target) => {
    const history = await client.history(target);
    return [...historyLines(history, historyColumns), ...adoptionLines(history)];
  },
  logs: async (client, target) => logLines(await client.logs(target)),
};

function adoptionLines({beforeAdoption}: History): readonly string[] {
  if (beforeAdoption === null) return [];
  return ['', `Rolling back to revision ${beforeAdoption}, from before the adoption, shows the way back.`];
}

/** The name of each pod, and the last lines of its log below. */
function logLines(tails: readonly LogTail[]): readonly string[] {
  return tails.flatMap(({pod, lines}, index) => [
    ...(index > 0 ? [''] : []),
    pod,
    ...(lines ?? ['no log can be read yet']).map((line) => `  ${plain(line)}`),
  ]);
}

/** The connection strings, each with the number of the key that copies it. */
async function connectTexts(
  client: Client,
  target: ShownTarget,
): Promise<{readonly lines: readonly string[]; readonly texts: readonly string[]}> {
  const [writer, reader] = await Promise.all([
    client.connectionStrings(target, 'writer'),
    client.connectionStrings(target, 'reader'),
  ]);
  const all = [...Object.entries(writer), ...Object.entries(reader)];
  const lines = all.map(
    ([format, text], index) => `${(index + 1) % 10}  ${format.padEnd(7)} ${text.split('\n').join('  ')}`,
  );
  const half = lines.length / 2;
  return {
    lines: [
      'writer',
      ...lines.slice(0, half),
      '',
      'reader',
      ...lines.slice(half),
      '',
      `psql from here: ${render({kind: 'connect', ...target, context: null, role: null, forward: null})}`,
    ],
    texts: all.map(([, text]) => text),
  };
}
