// Where the wizard goes, what it keeps, and which answers come too late.
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {appReducer, openApp, type Action, type App} from '../../../source/tui/app-state.ts';
import {menuOf} from '../../../source/tui/screens/dashboard/dashboard-menu.ts';
import {exitSummaryOf} from '../../../source/tui/exit-summary.ts';
import {needsUs, tookMs, type RunningKind} from '../../../source/tui/screens/operation/operation-state.ts';
import {propose, template} from '../../../source/commands/command-line.ts';
import type {Operation, Question} from '../../../source/commands/operation.ts';
import {remedyDoes} from '../../../source/tui/screens/shared/remedies.ts';
import {dashboard} from '../../../source/tui/screens/dashboard/dashboard-state.ts';
import type {Screen} from '../../../source/tui/screens.ts';
import {wrapped} from '../../../source/tui/screens/shared/wrap.ts';
import {
  event,
  imageNotFound,
  now,
  opened,
  planned,
  replanned,
  resultWith,
  rowWith,
  statusWith,
  surveyed,
  tracksAt,
} from '../../support/fakes/fake-client.ts';

const begun = openApp({answers: {username: 'app'}, target: {}, password: null});
const after = (app: App, ...actions: readonly Action[]) => actions.reduce(appReducer, app);
const show = (screen: Screen): Action => ({type: 'show', screen});
const open = (releases: readonly ReturnType<typeof rowWith>[] | null, app = begun) =>
  after(app, {type: 'opened', opened: {...opened, releases}});
const started = (kind: RunningKind, app = open([])) =>
  after(app, {type: 'planned', asked: app.asked, result: planned}, {type: 'started', kind, began: now});

describe('the first screen', () => {
  it('is home where there is a release, else the wizard', () => {
    expect(open([rowWith()]).screen).toEqual({name: 'home'});
    expect(open([]).screen).toMatchObject({name: 'target'});
    expect(open(null).screen).toMatchObject({name: 'target'});
    expect(open([rowWith()], openApp({answers: {}, target: {release: 'new'}, password: null})).screen).toMatchObject({
      name: 'target',
    });
  });

  it('is the release that was named to be opened, in its namespace where only one has the name', () => {
    const named = (target: Partial<App['target']>, changes = {}) =>
      openApp({answers: {}, target, password: null, opens: 'dashboard', ...changes});
    const rows = [rowWith(), rowWith({namespace: 'other', name: 'shop'})];
    expect(open(rows, named({release: 'orders'}))).toMatchObject({screen: dashboard, target: {namespace: 'team-a'}});
    expect(open(rows, named({release: 'shop'}))).toMatchObject({screen: dashboard, target: {namespace: 'other'}});
    expect(open(rows, named({release: 'shop', namespace: 'team-a'})).screen).toMatchObject({name: 'target'});
    expect(open(rows, named({release: 'new'})).screen).toMatchObject({name: 'target', row: 'next'});
    expect(open(rows, named({release: 'new'}, {readOnly: true})).screen).toEqual({name: 'home'});
    expect(open(null, named({release: 'orders', namespace: 'team-a'})).screen).toEqual(dashboard);
    const twice = [rowWith({namespace: 'x'}), rowWith({namespace: 'y'})];
    expect(open(twice, named({release: 'orders'})).screen).toMatchObject({name: 'target'});
  });

  it('has a name at once for the first database of an empty sandbox, and for no other', () => {
    const inSandbox = (releases: readonly ReturnType<typeof rowWith>[]) =>
      after(begun, {type: 'opened', opened: {...opened, context: 'pg-helm-install-sandbox', releases}});
    expect(inSandbox([])).toMatchObject({target: {release: 'orders'}, screen: {name: 'target', row: 'next'}});
    expect(inSandbox([rowWith()]).target.release).toBe('');
    expect(open([]).target.release).toBe('');
  });

  it('has the namespace that was given, else the one of the context, also of another context', () => {
    expect(open([]).target.namespace).toBe('team-a');
    const given = openApp({answers: {}, target: {namespace: 'mine'}, password: null});
    expect(open([], given).target.namespace).toBe('mine');
    const other = after(
      open([]),
      {type: 'open', context: 'lab'},
      {type: 'opened', opened: {...opened, context: 'lab', defaultNamespace: 'lab-default'}},
    );
    expect(other.target).toMatchObject({context: 'lab', namespace: 'lab-default'});
    expect(after(open([], given), {type: 'open', context: 'lab'}).target.namespace).toBe('mine');
  });
});

describe('late answers', () => {
  const scaling = after(
    open([rowWith()]),
    {type: 'status', status: statusWith()},
    show({name: 'scale', readers: '3', deleteVolumes: false}),
    {type: 'planning'},
  );

  it('a plan for what is not wanted any more is dropped', () => {
    expect(after(scaling, {type: 'planned', asked: scaling.asked, result: replanned}).planned).toBe(replanned);
    const retyped = after(scaling, show({name: 'scale', readers: '31', deleteVolumes: false}));
    expect(after(retyped, {type: 'planned', asked: scaling.asked, result: replanned}).planned).toBeNull();
    expect(retyped.planning).toBe(false);
  });

  it('and a plan that was there goes when something else is typed', () => {
    const ready = after(scaling, {type: 'planned', asked: scaling.asked, result: replanned});
    expect(after(ready, show({name: 'scale', readers: '1', deleteVolumes: false})).planned).toBeNull();
    expect(after(ready, show(dashboard)).planned).toBeNull();
    const form = after(open([]), {type: 'planned', asked: 0, result: planned});
    expect(after(form, {type: 'form', action: {type: 'type', key: 'username', text: 'other'}}).planned).toBeNull();
    expect(after(form, show({name: 'preview'})).planned).toBe(planned);
  });

  it('a password is shown on the dashboard alone', () => {
    const revealed: Action = {type: 'note', revealed: 'secret', note: null};
    expect(
      JSON.stringify(
        after(open([]), show({name: 'uninstall', deleteData: false, dumpTo: '', row: 'name', typed: ''}), revealed)
          .screen,
      ),
    ).not.toContain('secret');
    expect(after(open([]), show(dashboard), revealed).screen).toMatchObject({revealed: 'secret'});
  });

  it('what is known of one release is forgotten with another one', () => {
    const known = after(
      open([]),
      {type: 'surveyed', surveyed},
      {type: 'status', status: statusWith()},
      {type: 'lost', text: 'gone'},
    );
    expect(after(known, {type: 'target', target: {release: 'other'}})).toMatchObject({
      surveyed: null,
      status: null,
      lost: null,
      planned: null,
    });
  });
});

it('no way through the screens loses an answer or the target', () => {
  const screens = fc.constantFrom<Screen>(
    {name: 'home'},
    {name: 'target', row: 'release'},
    {name: 'parameters'},
    {name: 'preview'},
    {name: 'ended'},
    dashboard,
    {name: 'blocked', cause: imageNotFound, kubeconfig: false},
  );
  const actions = fc.oneof(
    screens.map(show),
    fc.constantFrom<Action>(
      {type: 'surveyed', surveyed},
      {type: 'planning'},
      {type: 'planned', asked: 0, result: planned},
      {type: 'started', kind: 'install', began: now},
      {type: 'ended', result: resultWith({outcome: 'failed'})},
      {type: 'lost', text: 'x'},
      {type: 'blocked', cause: imageNotFound},
    ),
  );
  fc.assert(
    fc.property(fc.array(actions), (all) => {
      const begin = after(
        open([]),
        {type: 'target', target: {release: 'orders'}},
        {type: 'form', action: {type: 'type', key: 'storageSize', text: '50Gi'}},
      );
      const end = after(begin, ...all);
      expect(end.form.texts).toEqual(begin.form.texts);
      expect(end.target).toEqual(begin.target);
    }),
  );
});

describe('an operation', () => {
  it('shows the time that each track took, and none for what was done before', () => {
    const app = after(started('install'), {
      type: 'progress',
      steps: [
        ...tracksAt(1, ['checks', 'done', ''], ['release', 'waiting', ''], ['writer', 'waiting', '']),
        ...tracksAt(3, ['release', 'done', '']),
        ...tracksAt(4, ['writer', 'running', 'starts']),
        event(5, 'primary-0', 'Started'),
      ],
    });
    const took = Object.fromEntries(
      app.operation?.tracks.map((track) => [track.track, tookMs(track, now + 10_000)]) ?? [],
    );
    expect(took).toEqual({checks: null, release: 3000, writer: 6000});
    expect(app.operation?.log).toHaveLength(1);
  });

  it('ends on the dashboard when it is good, with its cause when it is not', () => {
    expect(after(started('install'), {type: 'ended', result: resultWith()}).screen).toEqual(dashboard);
    expect(after(started('install'), {type: 'ended', result: resultWith({outcome: 'failed'})}).screen).toEqual({
      name: 'ended',
    });
    expect(after(started('uninstall'), {type: 'ended', result: resultWith()})).toMatchObject({
      screen: {name: 'ended'},
      status: null,
    });
  });

  it('says on the dashboard what was done, also where nothing restarted', () => {
    const saidAfter = (kind: Parameters<typeof started>[0], rest: Parameters<typeof resultWith>[0]) =>
      after(started(kind), {type: 'ended', result: resultWith(rest)}).screen;
    expect(saidAfter('scale', {durationMs: 6040})).toMatchObject({name: 'dashboard', note: 'Scaled in 6.0 s.'});
    expect(saidAfter('rotate-password', {durationMs: 2600})).toMatchObject({
      note: 'Passwords changed in 2.6 s.',
    });
    expect(saidAfter('scale', {outcome: 'unchanged'})).toMatchObject({note: expect.stringMatching(/^Everything was/)});
    expect(saidAfter('restart', {writesOut: {afterMs: 1000, forMs: 300}})).toMatchObject({
      note: 'Writes were out for 0.3 s at most.',
    });
  });

  it('needs us until helm has said all', () => {
    const {operation} = started('install');
    if (!operation) throw new Error('no operation');
    expect(needsUs(operation)).toBe(true);
    const installed = after(started('install'), {
      type: 'progress',
      steps: tracksAt(2, ['release', 'done', 'revision 1']),
    }).operation;
    expect(installed && needsUs(installed)).toBe(false);
    expect(needsUs({...operation, kind: 'scale', tracks: installed?.tracks ?? []})).toBe(true);
  });

  it('is undone only as far as it made something', () => {
    const undoOf = (consequences: NonNullable<typeof planned.plan>['consequences']) => {
      const plan = planned.plan && {...planned.plan, consequences};
      const app = after(
        open([]),
        {type: 'planned', asked: 0, result: resultWith({...(plan ? {plan} : {})})},
        {type: 'started', kind: 'install', began: now},
      );
      return app.operation?.undo;
    };
    const all = planned.plan?.consequences ?? [];
    expect(undoOf(all)).toBe('release and data');
    expect(undoOf([...all, {code: 'DATA_KEPT', object: 'PersistentVolumeClaim/x', sentence: ''}])).toBe('release');
    expect(undoOf(all.filter(({object}) => !object.startsWith('Secret/')))).toBe('release');
    expect(undoOf([{code: 'NO_CHANGE', object: 'Release/orders', sentence: ''}])).toBeNull();
    expect(started('scale').operation?.undo).toBeNull();
  });

  it('that is left is said so; of a list nothing is said', () => {
    expect(exitSummaryOf(started('install'))).toMatchObject({
      status: null,
      result: null,
      left: {kind: 'install', release: open([]).target.release, goesOn: 'from the start'},
    });
    const leftAt = (track: 'checks' | 'release') =>
      exitSummaryOf(after(started('install'), {type: 'progress', steps: tracksAt(2, [track, 'done', ''])})).left
        ?.goesOn;
    expect([leftAt('checks'), leftAt('release')]).toEqual(['here', 'in the cluster']);
    const failed = resultWith({outcome: 'failed'});
    expect(exitSummaryOf(after(started('install'), {type: 'ended', result: failed}))).toMatchObject({
      result: failed,
      left: null,
    });
    expect(exitSummaryOf(after(open([rowWith()]), {type: 'status', status: statusWith()}))).toMatchObject({
      status: null,
      result: null,
      left: null,
    });
    expect(exitSummaryOf(after(open([]), {type: 'status', status: statusWith()}, show(dashboard)))).toMatchObject({
      status: {name: 'orders'},
    });
  });
});

it('what was seen before a change is not shown after it', () => {
  const before = after(
    open([rowWith()]),
    {type: 'status', status: statusWith({revision: 4, state: 'broken'})},
    {type: 'surveyed', surveyed},
  );
  const ended = after(
    before,
    {type: 'started', kind: 'rollback', began: now},
    {type: 'ended', result: resultWith({operation: 'rollback', outcome: 'succeeded'})},
  );
  expect(ended).toMatchObject({screen: {name: 'dashboard'}, status: null, isGone: false, surveyed: null});
});

describe('the menu', () => {
  const keysOf = (...from: Parameters<typeof menuOf>) =>
    menuOf(...from)
      .map(({key}) => key)
      .join('');
  it('has only what works for the release', () => {
    expect(keysOf(statusWith(), false)).toBe('asruebtopkncwlvhx');
    expect(keysOf(statusWith({managedBy: 'helm', parameters: null}), false)).toBe('alvhx');
    // Helm has no record: no values, no history, and nothing to uninstall.
    expect(keysOf(statusWith({managedBy: 'kubectl', parameters: null}), false)).toBe('al');
    expect(keysOf(statusWith({endpoints: null}), false)).toBe('asruebtopkwlvhx');
    expect(keysOf(statusWith({revision: 1}), false)).not.toContain('b');
    expect(keysOf(null, false)).toBe('');
    // PGHI_READ_ONLY
    expect(keysOf(statusWith(), false, true)).toBe('ancwlvh');
  });
});

it('a number runs what is ours and copies a command', () => {
  const kinds = (can: boolean) =>
    imageNotFound.remedies.map((remedy) => remedyDoes(remedy, {canRun: can, canRunAgain: can})?.kind ?? null);
  expect(kinds(true)).toEqual(['again', 'run', null]);
  expect(kinds(false)).toEqual([null, 'copy', null]);
  const orders = {release: 'orders', namespace: 'a', context: 'b'};
  const does = (asked: Operation | Question) =>
    remedyDoes(propose('Go', asked), {canRun: true, canRunAgain: true})?.kind ?? null;
  expect(does({kind: 'rollback', ...orders, revision: 3})).toBe('run');
  expect(does({kind: 'restart', ...orders})).toBe('run');
  expect(does({kind: 'scale', ...orders, readReplicas: 1, deleteVolumes: false})).toBe('run');
  expect(does({kind: 'scale', ...orders, readReplicas: 1, deleteVolumes: true})).toBe('copy');
  expect(does({kind: 'uninstall', ...orders, deleteData: false, dumpTo: null})).toBe('copy');
  expect(does({kind: 'status', ...orders, watch: true})).toBe('copy');
  const blank = {title: 'Go', command: template('resize', orders, '--memory QUANTITY')};
  expect(remedyDoes(blank, {canRun: true, canRunAgain: true})?.kind).toBe('copy');
});

describe('wrapping', () => {
  it('keeps every word and no line is too long', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z./-]{1,60}$/)), fc.integer({min: 12, max: 100}), (words, width) => {
        const lines = wrapped(words.join(' '), width, '  ');
        expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
        expect(lines.join('').replaceAll(' ', '')).toBe(words.join(''));
      }),
    );
  });
  it('draws no sequences', () => {
    expect(wrapped('a\u001b[2Jb c', 20)).toEqual(['ab c']);
  });
});
