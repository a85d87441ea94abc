// The whole wizard on a screen with a fake client, and the ways to its screens.
import {vi} from 'vitest';
import type {Client} from '../../../source/client/types.ts';
import {themeOf} from '../../../source/tui/theme.ts';
import {App, type AppProps} from '../../../source/tui/App.tsx';
import {clock} from '../../../source/core/time.ts';
import {event, fakeClient, now, rowWith, tracksAt, type FakeClient} from '../fakes/fake-client.ts';
import {poisoned} from './poison.ts';
import {renderScreen, type Screen} from './screen.tsx';

/** Nothing turns, so that a frame is the same every time; the clock stands where the client's objects were made. */
const still = themeOf({colour: false, unicode: true, animated: false});

export interface Wizard extends Screen {
  readonly client: FakeClient;
  readonly copied: string[];
}

export interface Options {
  readonly client?: Partial<Client> & Parameters<typeof fakeClient>[0];
  readonly given?: Partial<AppProps['given']>;
  /** Every word of the cluster holds escape sequences. */
  readonly isPoisoned?: boolean;
  readonly size?: {readonly columns: number; readonly rows: number};
}

export function openWizard({
  client: changes = {},
  given = {},
  isPoisoned = false,
  size = {columns: 80, rows: 24},
}: Options = {}): Wizard {
  vi.useFakeTimers({toFake: ['Date'], now});
  vi.spyOn(clock, 'now').mockImplementation(() => Date.now());
  vi.stubEnv('TZ', 'UTC');
  const client = fakeClient(changes);
  const copied: string[] = [];
  const screen = renderScreen(
    <App
      client={isPoisoned ? poisoned(client) : client}
      given={{answers: {}, target: {}, password: null, ...given}}
      onCopy={(text) => copied.push(text)}
    />,
    {...size, theme: still},
  );
  return Object.assign(screen, {client, copied});
}

export const ready = {
  releases: async () => rows,
  open: async (context: string | null) => ({...(await fakeClient().open(context)), releases: rows}),
};
const rows = [
  rowWith(),
  rowWith({name: 'billing', namespace: 'team-b-with-a-long-name', readers: {ready: 0, wanted: 1}, state: 'degraded'}),
  rowWith({
    name: 'legacy',
    namespace: 'default',
    managedBy: 'helm',
    chartVersion: '15.5.1',
    postgresVersion: '16.2',
    readers: {ready: 0, wanted: 0},
    storageSize: null,
  }),
];

export async function toParameters(options: Options = {}): Promise<Wizard> {
  const wizard = openWizard(options);
  await wizard.waitForText('Release name');
  wizard.type(options.given?.target?.release ? '\r' : 'orders\r\r');
  await wizard.waitForFrame(
    'the form',
    (frame) => /❯ (Username|Password|Instance type|Preview)/.test(frame) && !frame.includes('asking'),
  );
  return wizard;
}

export async function toPreview(options: Options = {}): Promise<Wizard> {
  const wizard = await toParameters(options);
  await wizard.press('down', 'down', 'down', 'down', 'down', 'down', 'enter');
  await wizard.waitForText(/\[plan\][^]*Secret orders/);
  return wizard;
}

export async function toProgress(options: Options = {}): Promise<Wizard> {
  const wizard = await toPreview(options);
  await wizard.press('enter');
  await wizard.waitForText('Installing orders');
  const [work] = wizard.client.works;
  work?.tell(
    ...tracksAt(
      1,
      ['checks', 'done', 'permissions, names, storage, room'],
      ['release', 'waiting', 'not yet'],
      ['storage', 'waiting', 'not yet'],
      ['writer', 'waiting', 'not yet'],
      ['readers', 'waiting', 'not yet'],
      ['endpoints', 'waiting', 'not yet'],
    ),
    ...tracksAt(
      3,
      ['release', 'done', 'revision 1'],
      ['storage', 'done', '3 of 3 volumes bound, gp3'],
      ['writer', 'running', 'starts PostgreSQL'],
    ),
    event(2, 'primary-0', 'Successfully assigned team-a/orders-postgresql-primary-0 to node0'),
    event(4, 'read-0', 'Started container postgresql'),
    ...tracksAt(
      8,
      ['writer', 'done', 'on node0, accepting connections'],
      ['readers', 'running', '1 of 2 streaming · orders-postgresql-read-1 starts PostgreSQL'],
      ['endpoints', 'running', 'writer proven · reader not proven yet'],
    ),
  );
  vi.setSystemTime(now + 14_000);
  await wizard.waitForText(/1 of 2/);
  await wizard.waitForText('0:14');
  return wizard;
}

/** The first release of home. */
export async function toDashboard(options: Options = {}): Promise<Wizard> {
  const wizard = openWizard({...options, client: {...ready, ...options.client}});
  await wizard.waitForText('❯ team-a');
  await wizard.press('enter');
  await wizard.waitForText(/esc all releases[^]*/);
  await wizard.waitForText(/s scale|l logs|m more/);
  return wizard;
}
