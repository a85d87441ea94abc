// For which request a plan was made: with another one it is void, and with another focus it is not.
import {expect, it} from 'vitest';
import {planKeyOf, screenNames, type Screen} from '../../../source/tui/screens.ts';

const screens: readonly Screen[] = [
  {name: 'scale', readers: '2', deleteVolumes: false},
  {name: 'upgrade', imageSource: 'official', imageTag: '17.2', chartVersion: '16.0.0', row: 'imageTag'},
  {name: 'resize', row: 'cpu', cpu: '1', memory: '1Gi', instanceType: '', storageSize: '8Gi'},
  {name: 'rollback', revision: 3},
  {name: 'password', role: 'app'},
  {name: 'adopt', restart: 'now', memory: '1Gi', cpu: '1', row: 'restart', detach: false},
  {name: 'restart'},
  {name: 'switchover', to: 'orders-postgresql-read-0'},
  {name: 'failover', to: null, nodeIsOff: false},
  {name: 'restore', backup: 'b1', as: 'orders-2'},
  {name: 'uninstall', deleteData: false, dumpTo: '', row: 'name', typed: ''},
];
/** What one looks at and what confirms: it is no part of the request. */
const asides: readonly string[] = ['row', 'typed'];
const another = (value: unknown) => (typeof value === 'boolean' ? !value : `${String(value)}1`);

const cases = screens.flatMap((screen) =>
  Object.entries(screen)
    .filter(([field]) => field !== 'name')
    .map(([field, value]) => ({
      name: `${screen.name}: ${field}`,
      screen,
      changed: {...screen, [field]: another(value)},
      isAside: asides.includes(field),
    })),
);

it.each(cases)('$name', ({screen, changed, isAside}) => {
  expect(planKeyOf(changed) === planKeyOf(screen)).toBe(isAside);
});

/** The screens that plan nothing, or whose form voids the plan itself. */
const withoutKey: readonly Screen['name'][] = [
  'opening',
  'blocked',
  'home',
  'target',
  'parameters',
  'preview',
  'operation',
  'ended',
  'dashboard',
  'panel',
  'top',
  'cause',
  'settings',
  'backups',
];

it('every screen is tried here, or has no key', () => {
  const tried = screens.map(({name}) => name);
  expect([...tried, ...withoutKey].sort()).toEqual([...screenNames].sort());
  expect(withoutKey.filter((name) => planKeyOf({name} as Screen) !== '')).toEqual([]);
});

it('is another one on each screen', () => {
  const keys = [...screens, {name: 'home'} as const].map(planKeyOf);
  expect(new Set(keys).size).toBe(keys.length);
});
