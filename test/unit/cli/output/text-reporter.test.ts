// What a person without a screen reads, line by line.
import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest';
import {textReporter} from '../../../../source/cli/output/text/text-reporter.ts';
import {lookOf, painter} from '../../../../source/core/signs.ts';
import {table} from '../../../../source/core/table.ts';
import {clock} from '../../../../source/core/time.ts';
import {done, imageNotFound, progress} from './result.ts';

let stdout: string;
let stderr: string;
beforeEach(() => {
  [stdout, stderr] = ['', ''];
  vi.useFakeTimers({now: 0});
  vi.spyOn(clock, 'now').mockImplementation(() => Date.now());
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});
const reporter = ({
  colour = false,
  unicode = true,
  plots = true,
  verbose = false,
  reach = (command: string) => command,
} = {}) =>
  textReporter(
    {stdout: {write: (text) => (stdout += text)}, stderr: {write: (text) => (stderr += text)}},
    {colour, unicode, plots},
    verbose,
    reach,
  );
const lines = () => stdout.split('\n').slice(0, -1);

describe('progress', () => {
  it('is a line for each track that says something, with the time', () => {
    const one = reporter();
    vi.setSystemTime(74_000);
    for (const step of progress) one.progress(step);
    expect(lines()).toEqual([
      '  1:14  ✔ Release    revision 1',
      '  1:14  › Writer     waits for a node  waiting: no node has room',
      '! There are no readers.',
    ]);
  });

  it('has events when they are asked for, made safe', () => {
    const one = reporter({verbose: true});
    for (const step of progress) one.progress(step);
    expect(lines()).toContain('  0:00    orders-postgresql-primary-0  Started container');
  });

  it('has no time in which somebody was asked', () => {
    const one = reporter();
    vi.setSystemTime(2000);
    one.plan({consequences: [], steps: [], values: {}, manifests: '', command: 'pg-helm-install uninstall orders'});
    vi.setSystemTime(60_000);
    for (const step of progress.slice(2, 3)) one.progress(step);
    vi.setSystemTime(61_000);
    for (const step of progress.slice(2, 3)) one.progress(step);
    expect(lines().slice(-2)).toEqual(['  0:02  ✔ Release    revision 1', '  0:03  ✔ Release    revision 1']);
  });
});

describe('a result', () => {
  it('names commands that reach the cluster of this run', () => {
    reporter({reach: (command) => `${command} --there`}).result(done);
    expect(
      lines()
        .filter((line) => line.includes('--there'))
        .map((line) => line.trim().split(' ')[0]),
    ).toEqual(['password', 'status']);
  });

  it('that is good fits twelve lines, and tells how to get in', () => {
    reporter().result(done);
    expect(lines()).toEqual([
      '',
      '✔ orders in team-a: install done in 0:14.',
      '',
      '  writer   orders-postgresql-primary.team-a.svc.cluster.local:5432 (inside)',
      '           ✔ proven from inside the cluster · 3 ms',
      '  reader   orders-postgresql-read.team-a.svc.cluster.local:5432 (inside)',
      '           ✔ proven from inside the cluster · 3 ms · 2 streaming · lag 0 B',
      '  user     app · database appdb · Secret orders-postgresql-auth, key password',
      '',
      "  password  kubectl get secret orders-postgresql-auth -o 'jsonpath={.data.password}' -n team-a | base64 -d",
      '  status    pg-helm-install status orders -n team-a',
    ]);
  });

  it('in the sandbox the password is read without kubectl, which may not be there', () => {
    reporter().result({...done, context: 'pg-helm-install-sandbox'});
    expect(lines().join('\n')).toContain(
      'password  pg-helm-install endpoints orders -n team-a --format env --show-password',
    );
    expect(lines().join('\n')).not.toContain('kubectl');
  });

  it('the time without writes is a line', () => {
    reporter().result({...done, durationMs: 4000, writesOut: {afterMs: 2000, forMs: 400}});
    expect(lines()[2]).toBe(`  writes   ${'▆'.repeat(20)}▁▁▁▁${'▆'.repeat(16)}  out for 0.4 s at most`);
  });

  it('the time without writes is words alone where lines are read aloud', () => {
    reporter({plots: false}).result({...done, durationMs: 4000, writesOut: {afterMs: 2000, forMs: 400}});
    expect(lines()[2]).toBe('  writes   out for 0.4 s at most, 2.0 s after the beginning');
  });

  it('that changed nothing says so', () => {
    reporter().result({...done, outcome: 'unchanged'});
    expect(lines()[1]).toBe('✔ orders in team-a is there as wanted, and proven.');
  });

  it('has its notes', () => {
    reporter().result({...done, notes: ['An earlier install was found half done and continued.']});
    expect(lines()[2]).toBe('✔ An earlier install was found half done and continued.');
  });

  it('says that nothing answers where there is no reader', () => {
    const {endpoints} = done;
    const reader = endpoints && {...endpoints.reader, proven: false};
    reporter().result({...done, endpoints: endpoints && reader && {...endpoints, reader}});
    expect(lines()[6]).toBe('           · nothing answers there yet');
  });

  it('shows an address outside above the one inside', () => {
    const {endpoints} = done;
    reporter().result({
      ...done,
      endpoints: endpoints && {
        ...endpoints,
        writer: {...endpoints.writer, host: 'a1b2.elb.example', provenFrom: 'here'},
      },
    });
    expect(lines().slice(3, 6)).toEqual([
      '  writer   a1b2.elb.example:5432',
      '           orders-postgresql-primary.team-a.svc.cluster.local:5432 (inside)',
      '           ✔ proven from here · 3 ms',
    ]);
  });

  it('that is bad names the cause, the proof and what to do', () => {
    reporter().result({...done, outcome: 'failed', cause: imageNotFound});
    expect(lines()).toEqual([
      '',
      '✖ IMAGE_NOT_FOUND  The registry has no such image.',
      '  Pod team-a/orders-postgresql-primary-0  since 2026-01-02T03:04:05Z',
      '    Failed to pull image: not found',
      '  1. Choose another tag',
      '     pg-helm-install uninstall orders -n team-a',
      '  2. Wait',
    ]);
    expect(stderr).toBe('');
  });

  it('of a dry run is what would happen, and the command for it', () => {
    const plan = {
      consequences: [{code: 'CREATE', object: 'Namespace/team-a', sentence: 'Namespace team-a is made.'} as const],
      steps: [],
      values: {},
      manifests: '',
      command: 'pg-helm-install install orders --yes',
    };
    reporter().result({...done, outcome: 'planned', plan});
    expect(lines()).toEqual([
      '',
      'What will happen:',
      '  · Namespace team-a is made.',
      '',
      'The same by command:',
      '  pg-helm-install install orders --yes',
      '',
      'Dry run: nothing was changed.',
    ]);
  });

  it('of an uninstall lists what stays and what went, with sizes', () => {
    reporter().result({
      ...done,
      operation: 'uninstall',
      endpoints: null,
      credentials: null,
      ledger: [
        {kind: 'PersistentVolumeClaim', name: 'data-orders-postgresql-primary-0', fate: 'kept', bytes: 20 * 2 ** 30},
        {kind: 'Secret', name: 'orders-postgresql-auth', fate: 'deleted', bytes: null},
      ],
    });
    expect(lines().slice(-2)).toEqual([
      '  kept     volume data-orders-postgresql-primary-0  20Gi',
      '  deleted  Secret orders-postgresql-auth',
    ]);
  });
});

it('a failure without a result goes to stderr', () => {
  reporter().failure('status', 'refused', imageNotFound, {release: null, namespace: null, context: null});
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^✖ IMAGE_NOT_FOUND {2}The registry/);
});

describe('the look', () => {
  it('has colours on a terminal that wants them, and nowhere else', () => {
    const wants = (environment: Record<string, string>, isTerminal = true, noColour = false) =>
      lookOf(environment, isTerminal, noColour).colour;
    expect(wants({TERM: 'xterm'})).toBe(true);
    expect([
      wants({TERM: 'xterm'}, false),
      wants({TERM: 'xterm'}, true, true),
      wants({TERM: 'dumb'}),
      wants({TERM: 'xterm', NO_COLOR: '1'}),
    ]).toEqual([false, false, false, false]);
  });

  it('has a sign beside every colour, and ASCII signs of its own', () => {
    const signs = ['done', 'warning', 'failed', 'waiting', 'running', 'skipped'] as const;
    const [ascii, plain, coloured] = [
      painter({colour: false, unicode: false}),
      painter({colour: false, unicode: true}),
      painter({colour: true, unicode: true}),
    ];
    expect(signs.map(ascii.sign).join('')).toBe('+!x.>-');
    for (const sign of signs) expect(coloured.sign(sign).replace(/\u001b\[\d*m/g, '')).toBe(plain.sign(sign));
  });

  it('is ASCII throughout where the locale is', () => {
    const one = reporter({unicode: false});
    for (const step of progress) one.progress(step);
    one.result(done);
    one.result({...done, outcome: 'failed', cause: imageNotFound});
    expect(stdout).toMatch(/^[\x00-\x7f]*$/);
  });

  it('lines up columns', () => {
    expect(
      table(
        ['NAME', 'STATE'],
        [
          ['orders-of-everybody', 'ready'],
          ['a', 'broken'],
        ],
      ),
    ).toEqual(['NAME                  STATE', 'orders-of-everybody   ready', 'a                     broken']);
  });
});
