// No request without a permission: the table of what commands ask of the Kubernetes API, compared with the source.
import {describe, expect, it} from 'vitest';
import {commands} from '../../../source/cli/index.ts';
import {
  commandNames,
  onlyLooking,
  permissionsOf,
  permissionsToMoveRole,
  type CommandName,
  type Right,
} from '../../../source/commands/permissions.ts';
import {collections} from '../../../source/cluster/helm-objects.ts';
import {paths} from '../../../source/cluster/paths.ts';
import {apiRequests} from '../../support/api-requests.ts';
import {askedBy, type Asked} from '../../support/clusters/permission-guard.ts';

const all = commandNames.flatMap((command) => permissionsOf(command));

/** Paths that a function is given: what they are for, by file and expression. */
const given: Readonly<Record<string, readonly string[]>> = {
  'cluster/watch-changes.ts path': [
    ...[paths.pods('NS'), paths.statefulSets('NS'), paths.services('NS'), paths.claims('NS'), paths.events('NS')],
  ],
  'cluster/ended-log.ts `${path}/log`': [`${paths.pods('NS')}/*/log`],
  'cluster/image-trial.ts `${path}/log`': [`${paths.pods('NS')}/*/log`],
  'cluster/image-trial.ts path': [`${paths.pods('NS')}/*`],
  // Those who call it are found by its name.
  'cluster/create-when-name-free.ts collection': [],
  'cluster/backup-pods.ts collection': [],
  'cluster/switchover-actions.ts path': [`${paths.claims('NS')}/*`],
  'cluster/helm-objects.ts collection(namespace)': everyCollection(''),
  'cluster/helm-objects.ts `${collection(namespace)}/${name}`': everyCollection('/*'),
  'cluster/applied-objects.ts collection(namespace)': everyCollection(''),
  'cluster/sub-chart.ts collection(namespace)': everyCollection(''),
  'cluster/sub-chart.ts `${collection(namespace)}/${name}`': everyCollection('/*'),
  'cluster/sub-chart.ts path': [paths.pods, paths.services, paths.claims].map((path) => `${path('NS')}/*`),
  'cluster/steering.ts collection(namespace)': [paths.statefulSets('NS'), paths.services('NS')],
  'cluster/own-objects.ts `${collection}/${name}`': [paths.secrets, paths.jobs, paths.pods].map(
    (path) => `${path('NS')}/*`,
  ),
  'cluster/survey.ts `${path}/${name}`': [
    ...[paths.statefulSets, paths.services, paths.serviceAccounts, paths.networkPolicies, paths.disruptionBudgets],
  ].map((path) => `${path('NS')}/*`),
  'cluster/chart-secret.ts path': [`${paths.secrets('NS')}/*`],
  'cluster/network.ts path': [paths.allDaemonSets, paths.daemonSets('kube-system')],
  'client/questions/catalogue.ts path': [paths.statefulSets('NS')],
};

function everyCollection(name: string): readonly string[] {
  return [...Object.values(collections), paths.secrets].map((path) => `${path('NS')}${name}`);
}

/** Without them `list` shows the namespace of the context alone; nobody is to be given all Secrets of a cluster. */
const ofWholeCluster = ['list secrets', 'list leases', 'list cronjobs', 'list persistentvolumeclaims'];
/** An install that makes its namespace asks for this by itself. */
const ofNamespaces = ['create namespaces'];

/** The demo has a sandbox, where it may do everything. */
const inSandbox = /^client\/demo-release\.ts/;

const asking = apiRequests().filter(({at}) => !inSandbox.test(at));
const requests = asking.flatMap(({at, method, url, from}) => {
  const urls = url === null ? (given[from] ?? [null]) : [url];
  return urls.map((one) => ({at, from, asked: one === null ? null : askedBy(method, one), isKnown: one !== null}));
});

function isNamed({verb, group, resource, namespace}: Asked): boolean {
  if (namespace === null && [...ofWholeCluster, ...ofNamespaces].includes(`${verb} ${resource}`)) return true;
  return all.some(
    (one) =>
      one.group === group &&
      one.resource === resource &&
      (one.verbs as readonly string[]).includes(verb) &&
      (one.scope === null || namespace === 'NS' || namespace === '*'),
  );
}

describe('the requests in the source', () => {
  it('are found, with what they are for', () => {
    expect(requests.length).toBeGreaterThan(130);
    expect([...new Set(requests.filter(({isKnown}) => !isKnown).map(({at, from}) => `${at}: ${from}`))]).toEqual([]);
    const used = new Set(apiRequests().map(({from}) => from));
    expect(Object.keys(given).filter((from) => !used.has(from))).toEqual([]);
  });

  it('are named in the table', () => {
    const missing = requests.flatMap(({at, asked}) =>
      asked === null || isNamed(asked) ? [] : [`${at}: ${asked.verb} ${asked.resource} ${asked.group}`],
    );
    expect([...new Set(missing)]).toEqual([]);
  });
});

describe('the table', () => {
  it('has every command', () => {
    const visible = commands.filter(({hidden}) => !hidden).map(({name}) => name);
    expect([...commandNames].sort()).toEqual([...visible].sort());
  });

  it('changes nothing where a command only looks, but for what psql does', () => {
    const changing = onlyLooking.flatMap((name) =>
      permissionsOf(name).flatMap(({resource, verbs}) =>
        verbs.filter((verb) => !['get', 'list', 'watch'].includes(verb)).map((verb) => `${verb} ${resource}`),
      ),
    );
    expect([...new Set(changing)].sort()).toEqual(['create pods/exec', 'create pods/portforward']);
  });

  it('is looking for those commands which PGHI_READ_ONLY allows', () => {
    const changing = commands.filter(({changes}) => changes).map(({name}) => name);
    expect(onlyLooking.filter((name) => (changing as readonly string[]).includes(name))).toEqual([]);
  });

  it('lets helm 4 make what helm 3 makes: it patches to create', () => {
    for (const command of ['install', 'set', 'restart'] satisfies CommandName[])
      for (const {resource, verbs, only} of permissionsOf(command))
        if (verbs.includes('create') && !/^pods|^leases/.test(resource) && only !== 'restore')
          expect(verbs, `${command}: ${resource}`).toContain('patch');
  });

  it('has what moving the role asks in what the command asks', () => {
    for (const command of ['switchover', 'failover'] as const) {
      const whole: readonly Right[] = permissionsOf(command);
      expect(whole).toEqual(expect.arrayContaining([...permissionsToMoveRole(command)]));
    }
  });
});
