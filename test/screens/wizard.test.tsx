// The wizard as somebody uses it, with a client in memory: the ways through, the ways back, and what goes wrong.
import {describe, expect, it, vi} from 'vitest';
import {
  Feed,
  at,
  imageNotFound,
  opened,
  planned,
  replanned,
  resultWith,
  rowWith,
  statusWith,
  tracksAt,
  unreachable,
} from '../support/fakes/fake-client.ts';
import {unlimited} from '../support/screens/every-screen.ts';
import {sizes} from '../support/screens/screen.tsx';
import {openWizard, ready, toDashboard, toParameters, toPreview, toProgress} from '../support/screens/wizard.tsx';
import {cause, UserError} from '../../source/core/cause.ts';
import type {Plan} from '../../source/plan/progress.ts';
import type {ReleaseRow} from '../../source/client/questions/status.ts';
import {propose} from '../../source/commands/command-line.ts';
import {adoptAsIs, type Operation} from '../../source/commands/operation.ts';

const password = 'correct-horse-battery';
/** From two readers to one, whose volume is named to go. */
async function toScalingIn() {
  const wizard = await toDashboard();
  wizard.type('s');
  await wizard.waitForText('Read replicas');
  await wizard.press('backspace');
  wizard.type('1');
  await wizard.waitForText(/Spare volumes +1 stays/);
  await wizard.press('ctrl-n');
  return wizard;
}
const later = () => new Promise((resolve) => setTimeout(resolve, 30));

describe('without arguments', () => {
  it('an unreachable cluster: why, again, another context', async () => {
    const open = vi
      .fn()
      .mockRejectedValueOnce(unreachable)
      .mockRejectedValueOnce(unreachable)
      .mockResolvedValue({...opened, context: 'lab'});
    const wizard = openWizard({client: {open}});
    const frame = await wizard.waitForText('CLUSTER_UNREACHABLE');
    expect(frame).toContain('ECONNREFUSED');
    wizard.type('r');
    await vi.waitFor(() => expect(open).toHaveBeenCalledTimes(2));
    await wizard.waitForText('c context lab');
    wizard.type('c');
    await wizard.waitForText('Release name');
    expect(open.mock.calls).toEqual([[null], ['prod-eu'], ['lab']]);
    expect(wizard.frame()).toContain('lab');
  });

  it('no helm: what to do, and its command to be copied', async () => {
    const missing = new UserError(
      cause('HELM_MISSING', 'There is no helm.', {
        remedies: [{title: 'Say where it is', command: 'PGHI_HELM=/x pg-helm-install'}],
      }),
    );
    const wizard = openWizard({client: {open: () => Promise.reject(missing)}});
    await wizard.waitForText('HELM_MISSING');
    wizard.type('1');
    await wizard.waitForText("sent to your terminal's clipboard");
    expect(wizard.copied).toEqual(['PGHI_HELM=/x pg-helm-install']);
  });

  it('no helm, and one that can be fetched: one key does it, and says how far it is', async () => {
    const missing = new UserError(
      cause('HELM_MISSING', 'There is no helm.', {
        remedies: [{title: 'Have helm 4.1.4 fetched', action: {kind: 'fetch-helm'}}],
      }),
    );
    let isThere = false;
    let arrive: () => void = () => undefined;
    const arrived = new Promise<void>((resolve) => (arrive = resolve));
    const wizard = openWizard({
      client: {
        open: async (context) => (isThere ? {...opened, context: context ?? 'prod-eu'} : Promise.reject(missing)),
        async fetchHelm(onDoing) {
          onDoing('Fetching helm 4.1.4: 1.0 of 17.9 MB');
          await arrived;
          isThere = true;
        },
      },
    });
    await wizard.waitForText('fetch helm');
    await wizard.press('enter');
    await wizard.waitForText('1.0 of 17.9 MB');
    arrive();
    await wizard.waitForText('❯ Release name');
  });

  it('no helm, and it cannot be fetched: why not', async () => {
    const missing = new UserError(
      cause('HELM_MISSING', 'There is no helm.', {
        remedies: [{title: 'Have helm 4.1.4 fetched', action: {kind: 'fetch-helm'}}],
      }),
    );
    const failed = new UserError(cause('HELM_MISSING', 'helm could not be fetched: get.helm.sh cannot be reached.'));
    const client = {open: () => Promise.reject(missing), fetchHelm: () => Promise.reject(failed)};
    const wizard = openWizard({client});
    await wizard.waitForText('fetch helm');
    wizard.type('f');
    await wizard.waitForText('cannot be reached');
  });

  it('where nothing may be changed, what changes something is not offered', async () => {
    const wizard = openWizard({client: ready, given: {readOnly: true}});
    expect(await wizard.waitForText('❯ team-a')).not.toContain('n new');
    await wizard.press('enter');
    const frame = await wizard.waitForText('l logs');
    expect(frame).toContain('a top');
    expect(frame).not.toMatch(/s scale|r resize|u upgrade|x uninstall|p password|t restart/);
    wizard.type('x');
    await later();
    expect(wizard.frame()).not.toContain('Uninstall');
  });

  it('no kubeconfig: what was looked for', async () => {
    const none = new UserError(
      cause('CLUSTER_UNREACHABLE', 'There is no kubeconfig.', {remedies: [{title: 'Try again'}]}),
    );
    const wizard = openWizard({client: {contexts: () => Promise.reject(none), open: () => Promise.reject(none)}});
    const frame = await wizard.waitForText('There is no kubeconfig.');
    expect(frame).not.toContain('context prod');
  });

  it('no kubeconfig: Enter goes into the sandbox, whose needs are said', async () => {
    const none = new UserError(cause('CLUSTER_UNREACHABLE', 'There is no kubeconfig.'));
    let isUp = false;
    const wizard = openWizard({
      client: {
        contexts: async () => ({names: isUp ? ['pg-helm-install-sandbox'] : [], current: null}),
        open: async (context) =>
          isUp ? {...opened, context: context ?? 'pg-helm-install-sandbox'} : Promise.reject(none),
        useSandbox: async () => void (isUp = true),
      },
    });
    const frame = await wizard.waitForText('❯ Try it here');
    expect(frame).toContain('helm');
    expect(frame).not.toContain('loaded-context');
    await wizard.press('enter');
    await wizard.waitForText('❯ Parameters');
  });

  it.each([
    ['of the context', {}, opened.defaultNamespace],
    ['that was given', {namespace: 'team-b'}, 'team-b'],
  ])(
    'n on home begins in the namespace %s, not in that of the release looked at last',
    async (_which, target, namespace) => {
      const wizard = openWizard({client: ready, given: {target}});
      await wizard.waitForText('q quit');
      if ('namespace' in target) wizard.type('0');
      await wizard.waitForText('❯ team-a');
      await wizard.press('down', 'enter');
      await wizard.waitForText('team-b-with-a-long-name / billing');
      await wizard.press('escape');
      await wizard.waitForText('NAMESPACE');
      wizard.type('n');
      expect(await wizard.waitForText('❯ Release name')).toMatch(new RegExp(`Namespace +${namespace}\n`));
    },
  );

  it('no release: the wizard; some: home, and from there the wizard too', async () => {
    await openWizard().waitForText('❯ Release name');
    const wizard = openWizard({client: ready});
    await wizard.waitForText('❯ team-a');
    wizard.type('n');
    await wizard.waitForText('❯ Release name');
    await wizard.press('escape');
    await wizard.waitForText('❯ team-a');
  });

  it('a namespace that was given narrows home, which says so; 0 shows all of them, and that one again', async () => {
    const wizard = openWizard({client: ready, given: {target: {namespace: 'team-a'}}});
    const frame = await wizard.waitForText('Only namespace team-a; 2 in other namespaces');
    expect(frame).toContain('0 all namespaces');
    expect(frame).not.toContain('billing');
    wizard.type('0');
    expect(await wizard.waitForText('0 only team-a')).toContain('billing');
    wizard.type('0');
    expect(await wizard.waitForText('0 all namespaces')).not.toContain('billing');
    const none = openWizard({client: ready, given: {target: {namespace: 'team-c'}}});
    await none.waitForText(/Only namespace team-c; 3 in other namespaces\n +There is no PostgreSQL release here/);
    const all = openWizard({client: ready});
    expect(await all.waitForText('❯ team-a')).not.toContain('all namespaces');
  });

  it('a release that was named is opened, and Escape leads to all of them', async () => {
    const wizard = openWizard({client: ready, given: {target: {release: 'billing'}, opens: 'dashboard'}});
    await wizard.waitForText('team-b-with-a-long-name / billing');
    await wizard.press('escape');
    await wizard.waitForText(/❯ team-b-with-a-long-name +billing/);
  });

  it('on a release of plain helm home offers to adopt it', async () => {
    const releases = [rowWith(), rowWith({name: 'legacy', managedBy: 'helm'})];
    const status = statusWith({managedBy: 'helm', parameters: null, credentials: null});
    const wizard = openWizard({
      client: {open: async () => ({...opened, releases}), releases: async () => releases, status},
    });
    expect(await wizard.waitForText(/❯ team-a +orders/)).not.toContain('a adopt');
    await wizard.press('down');
    expect(await wizard.waitForText(/❯ team-a +legacy.*ready, helm/)).toContain('a adopt');
    wizard.type('a');
    await wizard.waitForText('shows what');
  });

  it('a release without a limit of memory gets a field for it, and what is typed is asked for', async () => {
    const wizard = await toDashboard({client: {status: unlimited}});
    wizard.type('a');
    await wizard.waitForText(/Memory +512Mi/);
    await wizard.press('ctrl-n');
    await wizard.waitForText(/Restart +later/);
    await wizard.press('down', 'ctrl-u', 'enter');
    await wizard.waitForText(/! Memory: /);
    wizard.type('768Mi');
    await wizard.waitForText(/Memory +768Mi/);
    await wizard.press('enter');
    await wizard.waitForText('do it');
    await wizard.press('enter');
    await wizard.waitForText('Adopting orders');
    expect(wizard.client.calls.join()).toContain(
      '"sizes":{"memory":"768Mi"},"readReplicas":null,"restartsLater":true}',
    );
  });

  it('home opens that field too, once the status says that there is no limit', async () => {
    const releases = [rowWith({managedBy: 'helm'})];
    const wizard = openWizard({
      client: {open: async () => ({...opened, releases}), releases: async () => releases, status: unlimited},
    });
    await wizard.waitForText('a adopt');
    wizard.type('a');
    await wizard.waitForText(/Memory +512Mi/);
  });

  it('a database inside an application is taken out first: the number of that remedy leads on', async () => {
    const action = {...adoptAsIs({release: 'orders', namespace: 'team-a', context: 'prod-eu'}), detach: true as const};
    const inside = cause('NOT_ADOPTABLE', 'orders is a release of the chart shop, with a database inside.', {
      remedies: [propose('Take the database out of it first', action)],
    });
    const refused = resultWith({operation: 'adopt', outcome: 'refused', cause: inside});
    const plan = {
      consequences: [],
      steps: [],
      values: {},
      manifests: '',
      command: 'pg-helm-install adopt orders --detach',
    };
    const taken = resultWith({operation: 'adopt', outcome: 'planned', plan});
    const wizard = await toDashboard({
      client: {
        status: statusWith({managedBy: 'helm', parameters: null, credentials: null}),
        plan: async (asked: Operation) => (asked.kind === 'adopt' && asked.detach === true ? taken : refused),
      },
    });
    wizard.type('a');
    await wizard.waitForText('shows what');
    await wizard.press('enter');
    await wizard.waitForText('NOT_ADOPTABLE');
    wizard.type('1');
    await wizard.waitForText('leaves the release orders');
    await wizard.press('enter');
    await wizard.waitForText('do it');
    await wizard.press('enter');
    await wizard.waitForText('Taking the database out of orders');
    expect(wizard.client.calls.join()).toContain('"detach":true');
    const note = 'Take it over: pg-helm-install adopt orders-postgresql -n team-a --context prod-eu';
    wizard.client.works[0]?.end(resultWith({operation: 'adopt', notes: [note]}));
    expect(await wizard.waitForText('has left the release orders')).toContain('Take it over');
  });

  it('home says of a release that it is an application, and takes the database out of it', async () => {
    const releases = [rowWith({managedBy: 'helm', insideChart: 'shop'})];
    const wizard = openWizard({client: {open: async () => ({...opened, releases}), releases: async () => releases}});
    await wizard.waitForText(/❯ team-a +orders.*ready, inside shop/);
    wizard.type('a');
    await wizard.waitForText('leaves the release orders');
  });

  it('home stays live: the choice is kept, what has gone goes, a cluster that does not answer is said', async () => {
    const first = [rowWith(), rowWith({name: 'shop'})];
    let answer: () => Promise<ReleaseRow[] | null> = async () => first;
    const wizard = openWizard({client: {open: async () => ({...opened, releases: first}), releases: () => answer()}});
    await wizard.waitForText('❯ team-a');
    await wizard.press('down');
    await wizard.waitForText(/❯ team-a +shop/);
    answer = async () => [rowWith({name: 'billing'}), rowWith({name: 'shop', state: 'broken'})];
    const frame = await wizard.waitForText(/❯ team-a +shop.*broken/);
    expect(frame).toContain('billing');
    expect(frame).not.toContain('orders');
    answer = () => Promise.reject(unreachable);
    expect(await wizard.waitForText('No answer from the cluster; this is from before')).toMatch(/❯ team-a +shop/);
    answer = async () => null;
    await wizard.waitForText('You may not list releases any more; this is from before.');
    answer = async () => [];
    expect(await wizard.waitForText('There is no PostgreSQL release here; n makes one.')).not.toContain('from before');
  }, 20_000);

  it('of many releases those are found whose namespace, name or state has the words', async () => {
    const releases = Array.from({length: 202}, (_, index) => rowWith({name: `shop-${index}`}));
    const wizard = openWizard({client: {open: async () => ({...opened, releases}), releases: async () => releases}});
    await wizard.waitForText('/ find');
    wizard.type('/shop-17');
    // The number itself, and those of which it is the beginning.
    await wizard.waitForText('11 of 202');
    await wizard.press('enter');
    expect(await wizard.waitForText(/❯ team-a +shop-17 /)).toContain('shop-179');
    wizard.type('/x');
    await wizard.waitForText('No release is called so.');
    await wizard.press('escape');
    expect(await wizard.waitForText(/❯ team-a +shop-0 /)).not.toMatch(/^ +\/ /m);
  });

  it('may not list: asks for a namespace', async () => {
    const wizard = openWizard({
      client: {open: async () => ({...opened, namespaces: null, releases: null, defaultNamespace: ''})},
    });
    await wizard.waitForText(/❯ Namespace[^]*A namespace is needed/);
    wizard.type('mine\r');
    await wizard.waitForText('❯ Release name');
    wizard.type('orders\r\r');
    await wizard.waitForText('❯ Username');
    expect(wizard.frame()).toContain('mine / orders');
  });

  it('may not list, and the namespace that is named has releases: home, of that one', async () => {
    const releases = vi.fn(async (_context: string, namespace: string | null) =>
      namespace === 'team-a' ? [rowWith()] : null,
    );
    const wizard = openWizard({
      client: {open: async () => ({...opened, namespaces: null, releases: null, defaultNamespace: ''}), releases},
    });
    await wizard.waitForText('❯ Namespace');
    wizard.type('team-a\r');
    await wizard.waitForText(/❯ team-a +orders/);
    expect(new Set(releases.mock.calls.map(([, namespace]) => namespace))).toEqual(new Set(['team-a']));
    await wizard.press('enter');
    await wizard.waitForText('h history');
  });

  it('may not list, and the namespace was given: it is not asked for, and what is in it is home', async () => {
    const client = {open: async () => ({...opened, namespaces: null, releases: null}), releases: async () => null};
    const wizard = openWizard({given: {target: {namespace: 'mine'}}, client});
    await wizard.waitForText(/Namespace +mine\n ❯ Release name/);
    const other = openWizard({
      given: {target: {namespace: 'team-a'}},
      client: {...client, releases: async () => [rowWith()]},
    });
    await other.waitForText(/❯ team-a +orders/);
  });

  it('another kubeconfig, by its path', async () => {
    const open = vi
      .fn()
      .mockRejectedValueOnce(unreachable)
      .mockResolvedValue({...opened, context: 'lab'});
    const wizard = openWizard({client: {open}});
    await wizard.waitForText('k kubeconfig');
    wizard.type('k');
    await wizard.waitForText('Path of the kubeconfig');
    await wizard.press('escape');
    await wizard.waitForText('r try again');
    wizard.type('k/tmp/other\r');
    await wizard.waitForText('Release name');
    expect(wizard.client.calls).toEqual(['kubeconfig /tmp/other']);
    expect(open).toHaveBeenCalledTimes(2);
  });

  it('no cluster at all: the sandbox, which every screen then names', async () => {
    const none = new UserError(
      cause('CLUSTER_UNREACHABLE', 'There is no kubeconfig.', {remedies: [{title: 'Try again'}]}),
    );
    const open = vi
      .fn()
      .mockRejectedValueOnce(none)
      .mockResolvedValue({...opened, context: 'pg-helm-install-sandbox'});
    const wizard = openWizard({client: {open}});
    expect(await wizard.waitForText('s sandbox')).not.toContain('SANDBOX');
    wizard.type('s');
    expect(await wizard.waitForText('Release name')).toContain('SANDBOX');
    expect(wizard.client.calls).toEqual(['sandbox']);
  });

  it('the sandbox does not start: why', async () => {
    const refusal = new UserError(
      cause('CLUSTER_UNREACHABLE', 'The sandbox did not start.', {remedies: [{title: 'Try again'}]}),
    );
    const wizard = openWizard({
      client: {open: async () => Promise.reject(unreachable), useSandbox: async () => Promise.reject(refusal)},
    });
    await wizard.waitForText('s sandbox');
    wizard.type('s');
    await wizard.waitForText('The sandbox did not start.');
  });
});

describe('the way through', () => {
  it('Enter alone leads from the first parameter to the preview, past what has defaults', async () => {
    const wizard = await toParameters();
    for (const label of ['Password', 'Instance type', 'Storage size', 'Read replicas', 'Preview']) {
      await wizard.press('enter');
      await wizard.waitForText(`❯ ${label}`);
    }
    expect(wizard.frame()).toContain('▸ 35 more');
    await wizard.press('up', 'enter');
    await wizard.waitForText('❯ ▾ 35 more');
  });

  it('from the target to the dashboard, the password never seen', async () => {
    const wizard = await toParameters();
    const frames: string[] = [];
    wizard.type('app\r');
    wizard.type(`${password}\r`);
    frames.push(await wizard.waitForText('strong'));
    await wizard.press('down', 'down', 'down', 'down', 'enter');
    frames.push(await wizard.waitForText(/\[plan\][^]*One writer/));
    for (const tab of ['values', 'manifests', 'command']) {
      await wizard.press('right');
      frames.push(await wizard.waitForText(`[${tab}]`));
    }
    await wizard.press('enter');
    frames.push(await wizard.waitForText('Installing orders'));
    expect(wizard.client.calls).toEqual(['install orders {"username":"app"}']);
    wizard.client.works[0]?.end(resultWith());
    frames.push(await wizard.waitForText('writer   orders-postgresql-primary'));
    expect(frames.filter((frame) => frame.includes(password))).toEqual([]);
  });

  it('a password is seen while one wants to see it', async () => {
    const wizard = await toParameters({given: {password}});
    expect(wizard.frame()).not.toContain(password);
    await wizard.press('down', 'ctrl-r');
    await wizard.waitForText(password);
    await wizard.press('down');
    await wizard.waitForFrame('it hidden', (frame) => !frame.includes(password));
  });

  it('asks for nothing that was given: the way on is where one stands', async () => {
    const wizard = openWizard({
      given: {
        answers: {username: 'app', instanceType: 'any', storageSize: '5Gi', readReplicaCount: 2, cpu: '100m'},
        target: {release: 'orders', namespace: 'mine'},
        password,
      },
    });
    await wizard.waitForText('❯ Parameters');
    await wizard.press('enter');
    const frame = await wizard.waitForText('❯ Preview');
    expect(frame).toMatch(/Username +app\n.*Password +•+.*\n.*Instance type +any.*\n.*Storage size +5Gi[^]*CPU 100m/);
    await wizard.press('enter');
    await wizard.waitForText('[plan]');
  });

  it('shows of the values what differs from the chart', async () => {
    const wizard = await toPreview({
      client: {chartValues: async () => ({architecture: 'replication', auth: {username: ''}})},
    });
    await wizard.press('right');
    await wizard.waitForText(/architecture: replication/);
    wizard.type('d');
    await wizard.waitForFrame(
      'only the others',
      (frame) => frame.includes('d all values') && !frame.includes('architecture:') && frame.includes('auth:'),
    );
    wizard.type('d');
    await wizard.waitForText(/architecture: replication/);
  });

  it('turns nothing for an answer that comes at once, and something for one that does not', async () => {
    let answer: (result: typeof planned) => void = () => undefined;
    const wizard = await toParameters({client: {plan: () => new Promise((resolve) => (answer = resolve))}});
    await wizard.press('down', 'down', 'down', 'down', 'down', 'down', 'enter');
    await wizard.waitForFrame('the preview', (frame) => !frame.includes('Username'));
    expect(wizard.frame()).not.toContain('Checking');
    await wizard.waitForText('› Checking permissions');
    answer(planned);
    await wizard.waitForText('[plan]');
  });

  it('a plan that one goes back from is aborted', async () => {
    const signals: AbortSignal[] = [];
    const plan = (_operation: unknown, signal: AbortSignal) => {
      signals.push(signal);
      return new Promise<never>(() => undefined);
    };
    const wizard = await toParameters({client: {plan}});
    await wizard.press('down', 'down', 'down', 'down', 'down', 'down', 'enter');
    await wizard.waitForText('› Checking permissions');
    expect(signals.map(({aborted}) => aborted)).toEqual([false]);
    await wizard.press('escape');
    await wizard.waitForText('❯ Preview');
    await vi.waitFor(() => expect(signals.map(({aborted}) => aborted)).toEqual([true]));
  });

  it('every step back keeps the answers', async () => {
    const wizard = await toPreview({
      given: {
        answers: {username: 'app', readReplicaCount: 2, hostname: 'db.example.com'},
        target: {release: 'orders'},
        password,
      },
    });
    await wizard.press('escape');
    await wizard.waitForText('❯ Preview');
    await wizard.press('escape');
    await wizard.waitForText('❯ Release name     orders');
    await wizard.press('enter', 'enter', 'enter');
    const frame = await wizard.waitForText('Username');
    expect(frame).toMatch(
      /Username +app\n.*Password +•+ +strong[^]*Read replicas +2\n[^]*\d+ more, 1 changed: Hostname db.example.com/,
    );
  });

  it('a wrong value keeps the preview back, and its field is shown, unfolded if need be', async () => {
    const wizard = await toParameters();
    // The fold, then the first group: its third field is the memory.
    await wizard.press('down', 'down', 'down', 'down', 'down', 'enter', 'down', 'enter', 'down', 'down', 'down');
    await wizard.waitForText(/❯ +Memory/);
    wizard.type('1Mi');
    await wizard.press('up', 'up', 'up', 'enter', 'up', 'enter', 'down');
    expect(await wizard.waitForText('❯ Preview')).toContain('! Memory:');
    await wizard.press('enter');
    expect(await wizard.waitForText(/❯ +Memory/)).toMatch(/! .*256Mi/);
    expect(wizard.client.calls).toEqual([]);
  });

  it("the readers' own sizes are typed in their group, said in the fold, and planned", async () => {
    const plan = vi.fn(async () => planned);
    const wizard = await toParameters({client: {plan}});
    await wizard.press('down', 'down', 'down', 'down', 'down', 'enter', 'down', 'down', 'enter', 'down', 'down');
    await wizard.waitForText(/❯ +Memory +.*the writer's/);
    wizard.type('1Gi');
    await wizard.press('down', 'down', 'down');
    expect(await wizard.waitForText(/❯ +Exposure/)).toContain('Who reaches the readers');
    await wizard.press('ctrl-p');
    await wizard.waitForText(/❯ +Exposure +node-port/);
    // Back to the title, which folds the group and says what differs.
    await wizard.press('up', 'up', 'up', 'up', 'up', 'enter');
    await wizard.waitForText(/❯ ▸ Readers +Memory 1Gi · Exposure node-port/);
    await wizard.press('up', 'up', 'enter');
    await wizard.waitForText(/2 changed: Reader memory 1Gi · Reader exposure node-port/);
    await wizard.press('down', 'enter');
    await wizard.waitForText('[plan]');
    expect(JSON.stringify(plan.mock.calls[0])).toContain('"readers":{"memory":"1Gi","exposure":"node-port"}');
  });

  it('a short password is taken when one insists', async () => {
    const wizard = await toParameters();
    await wizard.press('down');
    wizard.type('short');
    await wizard.waitForText('ctrl-y');
    await wizard.press('down', 'down', 'down', 'down', 'down', 'enter');
    await wizard.waitForText('❯ Password');
    await wizard.press('ctrl-y', 'down', 'down', 'down', 'down', 'down', 'enter');
    await wizard.waitForText(/\[plan\]/);
  });
});

describe('an operation', () => {
  it('that fails is put right with one key: our command runs, and the release opens', async () => {
    const wizard = await toProgress();
    wizard.client.works[0]?.end(resultWith({outcome: 'failed', cause: imageNotFound}));
    await wizard.waitForText('IMAGE_NOT_FOUND');
    wizard.type('2');
    await wizard.waitForText('Going on with orders');
    expect(wizard.client.calls[1]).toBe('run pg-helm-install upgrade orders -n team-a --image-tag 17.6.0-debian-12-r0');
    expect(wizard.copied).toEqual([]);
    wizard.client.works[1]?.tell(...tracksAt(2, ['writer', 'running', 'pulls 17.6.0-debian-12-r0']));
    await wizard.waitForText('pulls 17.6.0');
    wizard.client.works[1]?.end(resultWith({operation: 'upgrade'}));
    await wizard.waitForText('writer   orders-postgresql-primary');
  });

  it('that fails says why, and runs again with the same request', async () => {
    const wizard = await toProgress({given: {answers: {readReplicaCount: 2}}});
    wizard.client.works[0]?.end(resultWith({outcome: 'failed', cause: imageNotFound}));
    const frame = await wizard.waitForText('IMAGE_NOT_FOUND');
    expect(frame).toMatch(/1  Run the same command again[^]*2  Choose a tag/);
    expect(frame).toContain('1 2 run');
    wizard.type('3');
    await wizard.waitForText('3 has no command');
    wizard.type('1');
    await wizard.waitForText('Installing orders');
    expect(wizard.client.calls).toEqual(Array(2).fill('install orders {"readReplicaCount":2}'));
    wizard.client.works[1]?.end(resultWith({outcome: 'failed', cause: imageNotFound}));
    await wizard.waitForText('IMAGE_NOT_FOUND');
    await wizard.press('escape');
    expect(await wizard.waitForText('Preview')).toMatch(/Read replicas +2/);
  });

  it('names the plan that was shown until it has begun: as before after a refusal, anew after a way back', async () => {
    let plans = 0;
    const plan = async () => ({...planned, plan: {...(planned.plan as Plan), command: `plan ${++plans}`}});
    const wizard = await toProgress({client: {plan}});
    const refusal = cause('RELEASE_LOCKED', 'Somebody changed orders meanwhile.');
    wizard.client.works[0]?.end(resultWith({outcome: 'refused', cause: refusal}));
    await wizard.waitForText(/RELEASE_LOCKED[^]*r run again/);
    wizard.type('r');
    await wizard.waitForText('Installing orders');
    wizard.client.works[1]?.end(resultWith({outcome: 'refused', cause: refusal}));
    await wizard.waitForText(/RELEASE_LOCKED[^]*r run again/);
    await wizard.press('escape');
    await wizard.waitForText('❯ Preview');
    await wizard.press('enter');
    await wizard.waitForText(/\[plan\][^]*Secret orders/);
    await wizard.press('enter');
    await wizard.waitForText('Installing orders');
    wizard.client.works[2]?.end(resultWith({outcome: 'failed', cause: imageNotFound}));
    await wizard.waitForText(/IMAGE_NOT_FOUND[^]*r run again/);
    wizard.type('r');
    await wizard.waitForText('Installing orders');
    expect(wizard.client.shown.map((one) => one?.command ?? null)).toEqual(['plan 1', 'plan 1', 'plan 2', null]);
  });

  it('is stopped and kept', async () => {
    const wizard = await toProgress();
    await wizard.press('ctrl-c', 'down', 'down', 'enter');
    await wizard.waitForText('Stopping');
    expect(wizard.client.works[0]?.stopped).toBe(true);
    wizard.client.works[0]?.end(resultWith({outcome: 'cancelled', cause: cause('CANCELLED', 'Stopped on request.')}));
    await wizard.waitForText(/CANCELLED[^]*r run again/);
    expect(wizard.client.calls).toHaveLength(1);
  });

  it('is undone: what this run made goes, after it has stopped', async () => {
    const wizard = await toProgress();
    await wizard.press('ctrl-c', 'down', 'down', 'down');
    await wizard.waitForText('the volumes and the Secret that this run made');
    await wizard.press('enter');
    await wizard.waitForText('Stopping');
    await later();
    expect(wizard.client.calls).toHaveLength(1);
    wizard.client.works[0]?.end(resultWith({outcome: 'cancelled'}));
    await wizard.waitForText('Removing orders');
    expect(wizard.client.calls[1]).toBe('uninstall orders with data');
  });

  it('goes on when one stays; a second ctrl-c leaves', async () => {
    const wizard = await toProgress();
    await wizard.press('ctrl-c');
    await wizard.waitForText('❯ Stay');
    await wizard.press('escape');
    await wizard.waitForText('d leave');
    expect(wizard.client.works[0]?.stopped).toBe(false);
    await wizard.press('ctrl-c', 'ctrl-c');
    await vi.waitFor(() => expect(wizard.listeners().keys).toBe(0));
    expect(wizard.client.works[0]?.stopped).toBe(true);
  });

  it('shows events or logs', async () => {
    const wizard = await toProgress();
    expect(wizard.frame()).toContain('Started container');
    wizard.type('l');
    await wizard.waitForText('database system is ready');
    wizard.type('l');
    await wizard.waitForFrame('nothing', (frame) => !frame.includes('database system'));
    wizard.type('e');
    await wizard.waitForText('Started container');
  });
});

describe('the dashboard', () => {
  it('scales: what follows first, and again when something else is typed', async () => {
    let answer: (result: typeof replanned) => void = () => undefined;
    let asked = 0;
    const plan = () => {
      asked += 1;
      return new Promise<typeof replanned>((resolve) => (answer = resolve));
    };
    const wizard = await toDashboard({client: {plan}});
    wizard.type('s');
    await wizard.waitForText('now 2');
    wizard.type('3\r');
    await wizard.waitForText('Working out');
    // The footer names what a key does now, and Enter does nothing.
    expect(wizard.frame()).not.toContain('⏎ what follows');
    wizard.type('1');
    await wizard.waitForText('0 to 15');
    expect(wizard.frame()).not.toContain('⏎ what follows');
    answer(replanned);
    await later();
    expect(wizard.frame()).not.toContain('is added');
    await wizard.press('enter', 'backspace', 'enter');
    await wizard.waitForText('Working out');
    await vi.waitFor(() => expect(asked).toBe(2));
    answer(replanned);
    await wizard.waitForText(/is added[^]*⏎ do it/);
    expect(wizard.client.calls).toEqual([]);
    await wizard.press('enter');
    await wizard.waitForText('Scaling orders');
    expect(wizard.client.calls).toEqual(['scale orders 3']);
  });

  it('a change is looked at in four views, and can be changed again', async () => {
    const wizard = await toDashboard();
    wizard.type('s');
    await wizard.waitForText('now 2');
    wizard.type('3\r');
    await wizard.waitForText(/\[plan\][^]*is added/);
    await wizard.press('right');
    expect(await wizard.waitForText('[values]')).toContain('as installed');
    wizard.type('d');
    await wizard.waitForText('d all values');
    expect(wizard.frame()).not.toContain('architecture: replication');
    await wizard.press('end');
    await wizard.press('right');
    expect(await wizard.waitForText('[manifests]')).toMatch(/- +replicas: 2\n +\+ +replicas: 3/);
    await wizard.press('right');
    await wizard.waitForText('pg-helm-install scale orders --read-replicas 3');
    wizard.type('c');
    await wizard.waitForText('clipboard');
    expect(wizard.copied).toEqual(['pg-helm-install scale orders --read-replicas 3']);
    await wizard.press('escape');
    await wizard.waitForText('⏎ what follows');
    await wizard.press('backspace');
    wizard.type('1');
    await wizard.waitForText('❯ Read replicas    1');
    expect(wizard.client.calls).toEqual([]);
  });

  it('offers the versions of the registry, and takes one typed by hand where it cannot be asked', async () => {
    const wizard = await toDashboard();
    wizard.type('u');
    await wizard.waitForText('17.6.0-debian-12-r4, 17.6.0-debian-12-r0');
    await wizard.press('ctrl-n');
    await wizard.waitForText('❯ Image tag        17.6.0-debian-12-r4');
    await wizard.press('tab');
    await wizard.waitForText('The registry of the chart cannot be asked which there are: type one.');
    await wizard.press('enter');
    await wizard.waitForText('do it');
    await wizard.press('enter');
    await wizard.waitForText('Upgrading orders');
    expect(wizard.client.calls).toEqual([
      'upgrade orders {"chartVersion":null,"images":{"tag":"17.6.0-debian-12-r4"}}',
    ]);
  });

  it('says what is wrong and puts it right; goes on with what paused', async () => {
    const operation = {
      kind: 'install',
      holder: 'somebody@there/1',
      alive: false,
      startedAt: at(-90),
      renewedAt: at(-60),
    };
    const wizard = await toDashboard({
      client: {status: statusWith({state: 'broken', cause: imageNotFound, operation})},
    });
    expect(wizard.frame()).toContain('g go on with the install');
    wizard.type('i');
    await wizard.waitForText(/IMAGE_NOT_FOUND[^]*2 run/);
    wizard.type('2');
    await wizard.waitForText('Going on with orders');
    wizard.client.works[0]?.end(resultWith());
    await wizard.waitForText('g go on');
    wizard.type('g');
    await vi.waitFor(() =>
      expect(wizard.client.calls[1]).toBe('run pg-helm-install recover orders -n team-a --context prod-eu'),
    );
  });

  it('upgrades only what was changed', async () => {
    const wizard = await toDashboard();
    wizard.type('u');
    await wizard.waitForText('Image tag');
    wizard.type('-new');
    await wizard.press('enter');
    await wizard.waitForText('do it');
    await wizard.press('enter');
    await wizard.waitForText('Upgrading orders');
    expect(wizard.client.calls).toEqual(['upgrade orders {"chartVersion":null,"images":{"tag":"17.6.0-new"}}']);
  });

  it('uninstalls when the name is typed, and home knows it', async () => {
    const releases = vi
      .fn(ready.releases)
      .mockImplementationOnce(ready.releases)
      .mockResolvedValue([rowWith({name: 'other'})]);
    const wizard = await toDashboard({client: {releases}});
    wizard.type('x');
    await wizard.waitForText('Type orders');
    wizard.type('order\r');
    await wizard.waitForText('That is not orders');
    expect(wizard.client.calls).toEqual([]);
    await wizard.press('ctrl-n');
    await wizard.waitForText('for good');
    // What was typed stays, whatever else is chosen meanwhile.
    wizard.type('s\r');
    await wizard.waitForText('Removing orders');
    expect(wizard.client.calls).toEqual(['uninstall orders with data']);
    wizard.client.works[0]?.end(
      resultWith({
        operation: 'uninstall',
        ledger: [{kind: 'Secret', name: 'orders-postgresql-auth', fate: 'deleted', bytes: null}],
      }),
    );
    expect(await wizard.waitForText('orders is removed')).toContain('deleted  Secret orders-postgresql-auth');
    await wizard.press('escape');
    const frame = await wizard.waitForText(/❯ team-a +other/);
    expect(frame).not.toContain('billing');
  });

  it('makes a last dump first where a file is named; one that cannot be used is typed again', async () => {
    const wizard = await toDashboard();
    wizard.type('x');
    await wizard.waitForText(/Last dump to: no dump/);
    await wizard.press('tab');
    await wizard.waitForText('this file');
    wizard.type('taken.sql\r');
    await wizard.waitForText('/home/ann/taken.sql is there already');
    expect(wizard.frame()).not.toContain('--dump-to');
    expect(wizard.frame()).not.toContain('Type orders');
    await wizard.press('ctrl-u');
    wizard.type('orders.sql\r');
    await wizard.waitForText(/orders\.sql, first; without it nothing is removed[^]*Type orders/);
    expect(wizard.client.calls).toEqual([]);
    wizard.type('orders\r');
    await wizard.waitForText('Removing orders');
    expect(wizard.client.calls).toEqual(['uninstall orders after a dump to orders.sql']);
    wizard.client.works[0]?.end(
      resultWith({
        operation: 'uninstall',
        ledger: [{kind: 'Dump', name: '/home/ann/orders.sql', fate: 'kept', bytes: 1288490}],
      }),
    );
    expect(await wizard.waitForText('orders is removed')).toContain('kept     dump /home/ann/orders.sql  1.2 MiB');
  });

  it('escape leaves the file of the last dump as it was', async () => {
    const wizard = await toDashboard();
    wizard.type('x');
    await wizard.waitForText('Type orders');
    await wizard.press('tab');
    await wizard.waitForText('this file');
    wizard.type('orders.sql');
    await wizard.press('escape');
    await wizard.waitForText(/Last dump to: no dump[^]*last dump/);
    wizard.type('orders\r');
    await wizard.waitForText('Removing orders');
    expect(wizard.client.calls).toEqual(['uninstall orders']);
  });

  it('scaling in keeps the volumes unless they are named to go, and then the name is typed', async () => {
    const wizard = await toScalingIn();
    await wizard.waitForText(/Spare volumes +1 deleted for good/);
    await wizard.press('enter');
    await wizard.waitForText('Type orders to confirm');
    wizard.type('x\r');
    await wizard.waitForText('That is not orders');
    expect(wizard.client.calls).toEqual([]);
    await wizard.press('backspace');
    wizard.type('orders\r');
    await wizard.waitForText('Scaling orders');
    expect(wizard.client.calls).toEqual(['scale orders 1 without their volumes']);
  });

  it('offers to delete the volumes that earlier readers left, with as many readers as there are', async () => {
    const [claim] = statusWith().claims.slice(-1);
    const spare = claim ? [{...claim, name: 'data-orders-postgresql-read-2'}] : [];
    const wizard = await toDashboard({client: {status: statusWith({spareClaims: spare})}});
    expect(await wizard.waitForText('1 spare')).toMatch(/volumes +3 × 20Gi.* · 1 spare/);
    wizard.type('s');
    await wizard.waitForText(/now 2[^]*Spare volumes +1 stays/);
    await wizard.press('ctrl-n');
    await wizard.waitForText('1 deleted for good');
    await wizard.press('enter');
    await wizard.waitForText('Type orders to confirm');
    wizard.type('orders\r');
    await wizard.waitForText('Scaling orders');
    expect(wizard.client.calls).toEqual(['scale orders 2 without their volumes']);
  });

  it('another number of readers keeps their volumes again', async () => {
    const wizard = await toScalingIn();
    await wizard.waitForText('deleted for good');
    await wizard.press('backspace');
    wizard.type('0');
    await wizard.waitForText(/Read replicas +0[^]*Spare volumes +2 stay/);
  });

  it('who streams is not claimed before the writer was asked', async () => {
    const {endpoints} = statusWith();
    const unproven = endpoints && {
      ...endpoints,
      writer: {...endpoints.writer, proven: false, provenAt: null, provenFrom: null, latencyMs: null},
    };
    const wizard = await toDashboard({client: {status: statusWith({replication: [], endpoints: unproven})}});
    expect(await wizard.waitForText('not looked at yet')).not.toContain('does not stream');
    wizard.unmount?.();
    const asked = await toDashboard({client: {status: statusWith({replication: []})}});
    await asked.waitForText('does not stream');
  });

  it.each([
    ['n', 'psql -h'],
    ['l', 'database system is ready'],
    ['v', 'username: app'],
    ['h', 'superseded'],
  ])('opens %s and comes back', async (key, seen) => {
    const wizard = await toDashboard();
    wizard.type(key);
    await wizard.waitForText(seen);
    await wizard.press('escape');
    await wizard.waitForText('s scale');
  });

  it('low: the whole menu in the place of the rest, until a key of it', async () => {
    const wizard = await toDashboard({size: sizes.small});
    expect(wizard.frame()).not.toContain('k backups');
    wizard.type('m');
    expect(await wizard.waitForText('k backups')).not.toContain('writer');
    await wizard.press('escape');
    await wizard.waitForText('writer');
    wizard.type('mx');
    await wizard.waitForText('Uninstall orders');
  });

  it('low: a menu that has no room in one page goes on in another', async () => {
    const wizard = await toDashboard({size: sizes.small});
    wizard.type('m');
    expect(await wizard.waitForText(/k backups[^]*m more/)).not.toContain('x uninstall');
    wizard.type('m');
    expect(await wizard.waitForText('x uninstall')).not.toMatch(/k backups|m more/);
    wizard.type('m');
    await wizard.waitForText('writer');
  });

  it('warnings in full, the work that pauses among them, without a key that does nothing there', async () => {
    const operation = {kind: 'scale', holder: 'ann@laptop/1', alive: false, startedAt: at(-60), renewedAt: at(-40)};
    const wizard = await toDashboard({
      client: {
        status: statusWith({operation, warnings: [{code: 'PUBLIC_ENDPOINT', message: 'Everybody reaches it.'}]}),
      },
    });
    expect(wizard.frame()).toContain('The scaling that ann@laptop began pauses; g goes on with it.');
    wizard.type('i');
    expect(await wizard.waitForText('PUBLIC_ENDPOINT  Everybody reaches it.')).toContain(
      'The scaling that ann@laptop began pauses.',
    );
    await wizard.press('escape');
    await wizard.waitForText('i warnings');
  });

  it('copies any of the connection strings', async () => {
    const wizard = await toDashboard();
    wizard.type('n');
    await wizard.waitForText(/1 +uri[^]*5 +dotnet/);
    wizard.type('8');
    await wizard.waitForText('8 was sent');
    wizard.type('4');
    await wizard.waitForText('4 was sent');
    expect(wizard.copied).toEqual([
      expect.stringMatching(/^PGHOST=orders-postgresql-read.*\nPGPORT=5432\n/),
      expect.stringMatching(/^jdbc:postgresql:\/\/orders-postgresql-primary/),
    ]);
  });

  it('shows the password and hides it; copies the psql line', async () => {
    const wizard = await toDashboard();
    expect(wizard.frame()).not.toContain('open-sesame');
    wizard.type('w');
    await wizard.waitForText('open-sesame-1234');
    wizard.type('w');
    await wizard.waitForFrame('it hidden', (frame) => !frame.includes('open-sesame'));
    wizard.type('c');
    await wizard.waitForText('clipboard');
    expect(wizard.copied).toEqual([expect.stringMatching(/^psql -h orders-postgresql-primary/)]);
  });

  it('a password that arrives late is not shown elsewhere', async () => {
    let answer: (text: string) => void = () => undefined;
    const wizard = await toDashboard({client: {password: () => new Promise((resolve) => (answer = resolve))}});
    wizard.type('w');
    wizard.type('s');
    await wizard.waitForText('Read replicas');
    answer('open-sesame-1234');
    await later();
    expect(wizard.frame()).toContain('Read replicas');
  });

  it('says that the cluster does not answer, and when it does again', async () => {
    const wizard = await toDashboard();
    wizard.client.follows[0]?.tell({lost: 'connect ETIMEDOUT'});
    await wizard.waitForText(/No answer from the cluster; this is from before/);
    wizard.client.follows[0]?.tell(statusWith({state: 'degraded'}));
    await wizard.waitForFrame('it back', (frame) => frame.includes('degraded') && !frame.includes('No answer'));
    wizard.client.follows[0]?.tell(null);
    await wizard.waitForText('There is no release orders');
  });

  it('says what it waits for where its first line will be', async () => {
    const wizard = openWizard({client: {...ready, follow: (_target, signal) => new Feed<null>().read(signal)}});
    await wizard.waitForText('❯ team-a');
    await wizard.press('enter');
    const frame = await wizard.waitForText('Asking the cluster and the database');
    expect(frame).toMatch(/^ {3}\S Asking the cluster/m);
  });

  it('cuts no line of a log: what matters is its end', async () => {
    const words = 'FATAL:  password authentication failed for user "app"';
    const wizard = await toDashboard({
      client: {
        logs: async () => [
          {pod: 'orders-postgresql-primary-0', role: 'writer', lines: [`2026-11-30 03:23:58.252 GMT [397] ${words}`]},
        ],
      },
      size: {columns: 60, rows: 24},
    });
    wizard.type('l');
    const frame = await wizard.waitForText('for user');
    expect(frame).toContain('     2026-11-30 03:23:58.252 GMT [397] FATAL:');
    expect(frame.replaceAll(/\s+/g, ' ')).toContain(words.replace('  ', ' '));
  });

  it('of a release that is not ours has no entry that does not work', async () => {
    const wizard = await toDashboard({
      client: {status: statusWith({managedBy: 'helm', parameters: null, credentials: null})},
    });
    expect(wizard.frame()).not.toMatch(/s scale|u upgrade|w show/);
    wizard.type('s');
    await later();
    expect(wizard.frame()).toContain('l logs');
  });
});

describe('what the writer is doing', () => {
  it('a session is looked at, and ended only after a yes', async () => {
    const wizard = openWizard({given: {target: {release: 'orders'}, opens: 'top'}});
    await wizard.waitForText('waits for 4699');
    await wizard.press('enter');
    await wizard.waitForText('Session 4699 of app on appdb');
    wizard.type('t');
    await wizard.waitForText('End this session?');
    await wizard.press('enter');
    await wizard.waitForText('cancel its query');
    expect(wizard.client.calls).toEqual([]);
    wizard.type('t');
    await wizard.waitForText('End this session?');
    await wizard.press('right', 'enter');
    await wizard.waitForText('Session 4699 was asked to end.');
    expect(wizard.client.calls).toEqual(['end session 4699']);
    await wizard.press('escape');
    await wizard.waitForText('s scale');
  });

  it('a query is cancelled after a look at it; the way back is esc', async () => {
    const wizard = openWizard({given: {target: {release: 'orders'}, opens: 'top'}});
    await wizard.waitForText('waits for 4699');
    await wizard.press('down', 'enter');
    await wizard.waitForText('Session 4711');
    wizard.type('c');
    await wizard.waitForText('Cancel what it runs?');
    await wizard.press('right', 'enter');
    await wizard.waitForText('was asked to cancel its query');
    expect(wizard.client.calls).toEqual(['end query 4711']);
  });

  it('nothing is ended where nothing may be changed', async () => {
    const wizard = openWizard({given: {target: {release: 'orders'}, opens: 'top', readOnly: true}});
    await wizard.waitForText('waits for 4699');
    await wizard.press('enter');
    expect(await wizard.waitForText('Session 4699')).not.toContain('end the session');
    wizard.type('t');
    await later();
    expect(wizard.frame()).not.toContain('End this session?');
  });
});
