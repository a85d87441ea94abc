// Resize, roll back and restart from the dashboard: what it takes first, nothing before that, and each screen at three
// sizes as a file to be read.
import {propose} from '../../source/commands/command-line.ts';
import {describe, expect, it} from 'vitest';
import {askedIn, imageNotFound, resultWith, statusWith, writerLost} from '../support/fakes/fake-client.ts';
import {sizes} from '../support/screens/screen.tsx';
import {toDashboard, type Options, type Wizard} from '../support/screens/wizard.tsx';

const pending = statusWith({
  warnings: [{code: 'DEFINITION_PENDING', message: 'The pod template is newer than orders-postgresql-primary-0.'}],
});

async function open(key: string, seen: string | RegExp, options: Options = {}): Promise<Wizard> {
  const wizard = await toDashboard(options);
  wizard.type(key);
  await wizard.waitForText(seen);
  return wizard;
}

/** Two fields down from CPU is the type of node; memory is in between. */
async function withMoreMemory(options: Options = {}): Promise<Wizard> {
  const wizard = await open('r', '❯ CPU', options);
  await wizard.press('down', 'ctrl-u');
  wizard.type('2Gi');
  await wizard.waitForText(/Memory +2Gi/);
  return wizard;
}

describe('resize', () => {
  it('asks for what differs only, tells what it takes, and does it on a second Enter', async () => {
    const wizard = await withMoreMemory();
    expect(wizard.frame()).toMatch(/2Gi▏ +now 1Gi/);
    expect(wizard.client.calls).toEqual([]);
    await wizard.press('enter');
    await wizard.waitForText(/nothing restarts[^]*⏎ do it/);
    expect(wizard.client.calls).toEqual([]);
    await wizard.press('enter');
    await wizard.waitForText('Resizing orders');
    expect(wizard.client.calls).toEqual(['resize orders {"kind":"resize","sizes":{"memory":"2Gi"}}']);
  });

  it('a wrong size says what is right and keeps the plan back', async () => {
    const wizard = await open('r', '❯ CPU');
    await wizard.press('up', 'ctrl-u');
    wizard.type('lots');
    await wizard.waitForText(/! Storage size: /);
    await wizard.press('enter');
    expect(wizard.frame()).not.toContain('Working out');
    await wizard.press('escape');
    await wizard.waitForText('h history');
  });

  it('a type of node is chosen from those there are; what was typed stays on the way back from the plan', async () => {
    const wizard = await withMoreMemory();
    await wizard.press('down');
    await wizard.waitForText('(3 nodes)');
    await wizard.press('ctrl-n');
    await wizard.waitForText(/❯ Instance type +any/);
    await wizard.press('enter');
    await wizard.waitForText('do it');
    await wizard.press('escape');
    await wizard.waitForText(/Memory +2Gi[^]*what follows/);
    await wizard.press('enter');
    await wizard.waitForText('do it');
    await wizard.press('enter');
    await wizard.waitForText('Resizing');
    expect(wizard.client.calls).toEqual([
      'resize orders {"kind":"resize","sizes":{"memory":"2Gi","instanceType":"any"}}',
    ]);
  });
});

describe('roll back', () => {
  it('is what the number of a way back opens, at its revision, and not what it does', async () => {
    const wizard = await withMoreMemory();
    await wizard.press('enter');
    await wizard.waitForText('do it');
    await wizard.press('enter');
    await wizard.waitForText('Resizing');
    const remedies = [
      propose('Go back to what it was', {
        kind: 'rollback',
        release: 'orders',
        namespace: 'app',
        context: 'lab',
        revision: 2,
      }),
    ];
    const evidence = ['word '.repeat(200), 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh'];
    wizard.client.works[0]?.end({
      ...resultWith({operation: 'resize', outcome: 'failed'}),
      cause: {...imageNotFound, evidence, remedies},
    });
    // What is left out shows that it is.
    expect(await wizard.waitForText('IMAGE_NOT_FOUND')).toMatch(
      /word …\n.*second[^]*fifth\n +… 2 more\n[^]*1  Go back/,
    );
    const before = wizard.client.calls.length;
    wizard.type('1');
    await wizard.waitForText(/❯ 2 [^]*⏎ what follows/);
    await wizard.press('enter');
    await wizard.waitForText(/comes back[^]*do it/);
    expect(wizard.client.calls).toHaveLength(before);
    await wizard.press('enter');
    await wizard.waitForText('Rolling back orders');
    expect(wizard.client.calls.at(-1)).toBe('rollback orders {"kind":"rollback","revision":2}');
  });

  it('to the revision that is chosen', async () => {
    const wizard = await open('b', '❯ 3');
    await wizard.press('down');
    await wizard.waitForText('❯ 2');
    await wizard.press('enter');
    await wizard.waitForText(/comes back[^]*do it/);
    expect(wizard.client.calls).toEqual([]);
    await wizard.press('enter');
    await wizard.waitForText('Rolling back orders');
    expect(wizard.client.calls).toEqual(['rollback orders {"kind":"rollback","revision":2}']);
  });

  it('is planned only for what it says', async () => {
    const asked: string[] = [];
    const wizard = await open('b', '❯ 3', {
      client: {
        plan: async (operation) => (
          asked.push(JSON.stringify(askedIn(operation))),
          new Promise<never>(() => undefined)
        ),
      },
    });
    await wizard.press('enter');
    await wizard.waitForText('Working out');
    expect(asked).toEqual(['{"kind":"rollback","revision":3}']);
  });

  it('is not offered on the first revision, and says so where helm remembers no good one', async () => {
    const first = await toDashboard({client: {status: statusWith({revision: 1})}});
    expect(first.frame()).not.toContain('b roll back');
    const none = await open('b', 'no earlier revision', {client: {earlierRevisions: async () => []}});
    await none.press('enter');
    expect(none.frame()).toContain('no earlier revision');
  });
});

describe('restart', () => {
  it('tells what it takes at once', async () => {
    const wizard = await open('t', /one after the other[^]*do it/);
    expect(wizard.client.calls).toEqual([]);
    await wizard.press('enter');
    await wizard.waitForText('Restarting orders');
    expect(wizard.client.calls).toEqual(['restart orders {"kind":"restart"}']);
  });

  it('one Escape leaves it', async () => {
    const wizard = await open('t', 'do it', {client: {status: pending}});
    await wizard.press('escape');
    await wizard.waitForText('h history');
    expect(wizard.client.calls).toEqual([]);
  });
});

describe('a reader becomes the writer', () => {
  it('shows what it means for the closest one, for another one on a key, and begins with that one', async () => {
    const wizard = await open('o', /read-0 [^]*carts\.[^]*do it/);
    await wizard.press('ctrl-n');
    await wizard.waitForText(/read-1 +on[^]*carts\.[^]*do it/);
    expect(wizard.frame()).toContain('work_mem');
    expect(wizard.client.calls).toEqual([]);
    await wizard.press('enter');
    await wizard.waitForText('Moving the writer of orders');
    expect(wizard.client.calls).toEqual(['switchover orders {"kind":"switchover","to":"orders-postgresql-read-1"}']);
  });
});

describe('a writer that is lost', () => {
  const lost = {client: {status: writerLost}};

  it('is not given up while its node may be on, and the way to be sure is named', async () => {
    const wizard = await open('o', 'NOT_FENCED', lost);
    expect(wizard.frame()).toContain('Turn the machine of node-a off');
    expect(wizard.client.calls).toEqual([]);
  });

  it('is replaced by a reader when its machine is said to be off, and the name is typed', async () => {
    const wizard = await open('o', 'NOT_FENCED', lost);
    wizard.type('3');
    await wizard.waitForText('orders-postgresql-read-1 becomes the writer');
    expect(wizard.frame()).toContain('You say that the node node-a is off');
    expect(wizard.frame()).toContain('The writer is gone: node-a off, as somebody said');
    await wizard.press('ctrl-n');
    await wizard.waitForText('orders-postgresql-read-0 becomes the writer');
    expect(wizard.client.calls).toEqual([]);
    wizard.type('orders\r');
    await wizard.waitForText('Replacing the writer of orders');
    expect(wizard.client.calls).toEqual([
      'failover orders {"kind":"failover","to":"orders-postgresql-read-0","nodeIsOff":true}',
    ]);
  });

  it('is no more once the role has moved, and the dashboard says for how long there was none', async () => {
    const wizard = await open('o', 'NOT_FENCED', lost);
    wizard.type('3');
    await wizard.waitForText('Type orders');
    wizard.type('orders\r');
    await wizard.waitForText('Replacing the writer of orders');
    const failover = {
      to: 'orders-postgresql-read-1',
      fromNode: 'node-a',
      toNode: 'node-b',
      timeline: {before: 1, after: 2},
      lastRecord: '0/5014B40',
      atRisk: {bytes: 0, lastSignAt: null, covered: false},
      writesAfterMs: 5100,
      lostCommits: null,
      keptVolume: 'pvc-1',
      keptClaim: 'orders-postgresql-kept-1',
    };
    wizard.client.works[0]?.end(resultWith({operation: 'failover', failover}));
    await wizard.waitForText('Writer now on node-b, writes after 5.1 s. h tells what was at risk.');
  });
});

describe('a lost writer', () => {
  it('one Escape leaves what is shown of it', async () => {
    const wizard = await open('o', 'NOT_FENCED', {client: {status: writerLost}});
    wizard.type('3');
    await wizard.waitForText('Type orders');
    await wizard.press('escape');
    await wizard.waitForText('h history');
    expect(wizard.client.calls).toEqual([]);
  });

  it('is what the number of a remedy shows first, and not what it does', async () => {
    const where = {release: 'orders', namespace: 'team-a', context: 'prod-eu'};
    const remedies = [
      propose('Have a reader become the writer', {kind: 'failover', ...where, to: null, nodeIsOff: true}),
    ];
    const status = statusWith({state: 'broken', cause: {...imageNotFound, remedies}});
    const wizard = await toDashboard({client: {status}});
    wizard.type('i');
    await wizard.waitForText('Have a reader become the writer');
    wizard.type('1');
    await wizard.waitForText('You say that the node node-a is off');
    expect(wizard.client.calls).toEqual([]);
  });
});

describe('new password', () => {
  it('is of the one that is chosen, tells who has to be told, and does it on a second Enter', async () => {
    const wizard = await open('p', '❯ app');
    await wizard.press('down');
    await wizard.waitForText('❯ admin');
    await wizard.press('enter');
    await wizard.waitForText(/rollout restart deployment\/web[^]*do it/);
    expect(wizard.client.calls).toEqual([]);
    await wizard.press('enter');
    await wizard.waitForText('Giving new passwords to orders');
    expect(wizard.client.calls).toEqual(['rotate-password orders {"kind":"rotate-password","role":"admin"}']);
  });

  it('what was begun is gone on with from the menu', async () => {
    const operation = {kind: 'rotate-password', alive: false, holder: '', startedAt: '', renewedAt: ''};
    const wizard = await toDashboard({client: {status: statusWith({operation})}});
    expect(wizard.frame()).toContain('g go on with the rotation of passwords');
  });
});

const screens: Readonly<Record<string, (options: Options) => Promise<Wizard>>> = {
  resize: (options) => open('r', '❯ CPU', options),
  'resize-consequences': async (options) => {
    const wizard = await withMoreMemory(options);
    await wizard.press('enter');
    await wizard.waitForText('do it');
    return wizard;
  },
  rollback: (options) => open('b', '❯ 3', options),
  'rollback-consequences': async (options) => {
    const wizard = await open('b', '❯ 3', options);
    await wizard.press('down', 'enter');
    await wizard.waitForText('do it');
    return wizard;
  },
  password: (options) => open('p', '❯ app', options),
  'password-consequences': async (options) => {
    const wizard = await open('p', '❯ app', options);
    await wizard.press('enter');
    await wizard.waitForText('do it');
    return wizard;
  },
  restart: (options) => open('t', 'do it', {...options, client: {status: pending}}),
};

describe.each(Object.entries(sizes))('%s', (_name, size) => {
  it.each(Object.keys(screens))('%s', async (name) => {
    const wizard = await screens[name]?.({size});
    const frame = wizard?.frame() ?? '';
    const lines = frame.split('\n');
    expect(lines).toHaveLength(size.rows - 1);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(size.columns);
    await expect(`${frame}\n`).toMatchFileSnapshot(`frames/${name}-${size.columns}x${size.rows}.txt`);
  });
});
