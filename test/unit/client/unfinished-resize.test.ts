// A resize that ends by moving the writer's role and was interrupted: what status and the dashboard say of each half.
import {expect, it} from 'vitest';
import {toValues} from '../../../source/chart/values.ts';
import {statusLines} from '../../../source/cli/output/text/status-lines.ts';
import {recover} from '../../../source/client/requests/recover.ts';
import type {ReleaseSession} from '../../../source/client/settings.ts';
import {statusOf} from '../../../source/client/questions/status.ts';
import type {OperationRecord} from '../../../source/observation/snapshot.ts';
import {menuOf} from '../../../source/tui/screens/dashboard/dashboard-menu.ts';
import {underWay} from '../../../source/tui/screens/cause/cause-state.ts';
import {operation, parametersWith} from '../../support/fakes/survey.ts';
import {recorded} from '../observation/recorded.ts';

const wanted = {parameters: parametersWith(), chart: {source: 'oci://registry.example/postgresql', version: '16.7.26'}};

it.each<[OperationRecord['kind'], boolean, string, string]>([
  [
    'resize',
    true,
    "recover goes on, and moves the writer's role in the end",
    "The resize that alice@laptop began pauses; the writer's role has not moved yet",
  ],
  [
    'switchover',
    true,
    'recover goes on, and with it the resize ends',
    'The switchover that alice@laptop began pauses, with which a resize ends',
  ],
  ['resize', false, 'recover goes on', 'The resize that alice@laptop began pauses'],
])('%s, moves the role: %s', (kind, movesRole, said, shown) => {
  const record = operation({kind, holderIsAlive: false, wanted: {...wanted, ...(movesRole ? {movesRole} : {})}});
  const healthy = recorded('healthy');
  const release = {...healthy.release, values: toValues(wanted.parameters, healthy.target)};
  const status = statusOf({...healthy, release, operation: record});
  if (!status) throw new Error('recorded with a release');
  const [line] = statusLines(status, Date.now(), (command) => command).filter((one) => one.includes('begun at'));
  expect(line?.endsWith(said)).toBe(true);
  expect(underWay(status.operation, '; g goes on with it')).toEqual([`${shown}; g goes on with it.`]);
  expect(menuOf(status, false).find(({key}) => key === 'g')).toMatchObject({does: {run: {kind: 'recover'}}});
});

it('recover of a database that is half taken out of an application names the command for the application', async () => {
  const left = operation({kind: 'adopt', holderIsAlive: false, wanted: null, detaches: 'shop'});
  const {target, ...seen} = recorded('healthy');
  const session = {
    target,
    ports: {look: async () => ({...seen, target, operation: left})},
  } as unknown as ReleaseSession;
  const settings = {options: {}, environment: {}, signal: new AbortController().signal};
  const how = {ask: null, dryRun: false, signal: settings.signal, begun: null, adopted: async () => session};
  await expect(recover(settings, session, how).next()).rejects.toMatchObject({
    reason: {code: 'RELEASE_LOCKED', remedies: [{action: {kind: 'adopt', release: 'shop', detach: true}}]},
  });
});
