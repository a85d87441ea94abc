// What is not ours, or not ours any more, is left as it is by every command; and an uninstall leaves nothing of helm's
// behind that helm forgot.
import {execFile} from 'node:child_process';
import {promisify} from 'node:util';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {Result} from '../../source/plan/progress.ts';
import {applicationChart, chartThatFails} from '../support/clusters/charts.ts';
import {cliJson} from '../support/cli.ts';
import {kubectlJson, makeNamespace, type TestNamespace} from '../support/clusters/namespace.ts';
import {oneHelm} from '../support/clusters/helms.ts';
import {onSandbox} from '../support/setup/on-sandbox.ts';
import {OperatedRelease, testImages, writerPod} from '../support/clusters/operated-release.ts';
import {realChart, smallChart} from '../support/paths.ts';
import {sampled} from '../support/clusters/sampled.ts';
import {waitFor} from '../support/wait-for.ts';

const chart = realChart ?? smallChart;
const run = promisify(execFile);
const legacy = ['--set', 'global.security.allowInsecureImages=true,image.repository=bitnamilegacy/postgresql'];
const kinds = 'statefulsets,services,configmaps,secrets,persistentvolumeclaims,leases,pods';

/** Each object with its uid, so that a command that recreates or deletes one of them is seen. */
async function objectsIn(namespace: string): Promise<readonly string[]> {
  const {items} = await kubectlJson<{items: {kind: string; metadata: {name: string; uid: string}}[]}>([
    ...['-n', namespace, 'get', kinds],
  ]);
  return items.map(({kind, metadata: {name, uid}}) => `${kind}/${name} ${uid}`).sort();
}

const asked = (json: Result) => ({outcome: json.outcome, code: json.cause?.code});
const refusedAsNotOurs = {outcome: 'refused', code: 'NOT_OURS'};

describe.each(oneHelm)('by %s', (_, helm) => {
  const plainHelm = async (namespace: string, ...args: readonly string[]) =>
    run(helm, [...args, '-n', namespace]).then(
      () => 'done',
      (error: {stderr: string}) => error.stderr,
    );

  describe('a release of ours that somebody’s helm changed', () => {
    let release: OperatedRelease;
    let namespace: string;
    beforeAll(async () => {
      release = await OperatedRelease.install('ours', ['--read-replicas', '1'], {helm, chart});
      namespace = release.namespace.name;
      await release.ask(writerPod, 'create table kept (n int)');
      await release.ask(writerPod, 'insert into kept select generate_series(1, 100)');
    });
    afterAll(() => release.namespace.remove());

    // On a cluster one of two cases: a place where the data lies, or a name.
    test.each([
      ...sampled(
        [
          ['primary.persistence.existingClaim', 'other'],
          ['primary.name', ''],
        ],
        1,
      ),
      ...(onSandbox
        ? [
            ['primary.persistence.mountPath', '/bitnami/other'],
            ['primary.persistence.subPath', 'other'],
            ['postgresqlDataDir', '/bitnami/postgresql/other'],
          ]
        : []),
    ])('%s=%s: nothing is changed, and the command that is named makes it ours again', async (path, value) => {
      await plainHelm(namespace, 'upgrade', 'orders', chart, '--reuse-values', '--set', `${path}=${value}`);
      // What plain helm takes down takes its time to go.
      const steady = async () => {
        const before = (await objectsIn(namespace)).join();
        await waitFor(
          'pods',
          () => release.pods(),
          (pods) => Object.values(pods).every((pod) => pod.memory !== ''),
        );
        return before === (await objectsIn(namespace)).join();
      };
      await waitFor('a cluster that is at rest', steady, Boolean, {everyMs: 500});
      const before = await objectsIn(namespace);
      const refusals = await Promise.all([
        release.run('scale', '--read-replicas', '2'),
        release.run('restart'),
        cliJson<Result>(['uninstall', 'orders', '-n', namespace, '--yes'], {env: release.env}),
      ]);
      for (const {code, json} of refusals) {
        expect({exit: code, ...asked(json)}).toEqual({exit: 3, ...refusedAsNotOurs});
        expect(json.cause?.message).toContain(path);
      }
      expect(await objectsIn(namespace)).toEqual(before);

      const way = refusals[0].json.cause?.remedies[0]?.command?.split(' ') ?? [];
      expect(way[0]).toBe('helm');
      await run(helm, way.slice(1));
      await release.done('restart');
      expect(await release.ask(writerPod, 'select count(*) from kept')).toBe('100');
      const {json, code} = await release.run('scale', '--read-replicas', '1');
      expect({code, outcome: json.outcome}).toEqual({code: 0, outcome: 'unchanged'});
    });
  });

  describe('releases of others', () => {
    let namespace: TestNamespace;
    beforeAll(async () => {
      namespace = await makeNamespace('others');
      const replicated = ['architecture=replication', 'resourcesPreset=none'];
      const subChart = [...replicated, 'image.repository=bitnamilegacy/postgresql'].map((one) => `postgresql.${one}`);
      const security = 'postgresql.global.security.allowInsecureImages=true,global.security.allowInsecureImages=true';
      const made = await Promise.all([
        plainHelm(
          namespace.name,
          ...['install', 'shop', applicationChart('shop', chart), '--set', [...subChart, security].join()],
        ),
        plainHelm(namespace.name, 'install', 'web', applicationChart('web', null)),
        plainHelm(namespace.name, 'install', 'plain', chart, '--set', 'architecture=replication', ...legacy),
      ]);
      expect(made).toEqual(['done', 'done', 'done']);
      await waitFor(
        'the claims and pods',
        () => objectsIn(namespace.name),
        (all) =>
          ['shop', 'plain'].every((name) =>
            ['primary', 'read'].every((role) =>
              ['PersistentVolumeClaim/data-', 'Pod/'].every((kind) =>
                all.some((one) => one.startsWith(`${kind}${name}-postgresql-${role}-0`)),
              ),
            ),
          ),
      );
    });
    afterAll(() => namespace.remove());

    const commands: readonly (readonly string[])[] = [
      ['scale', '--read-replicas', '2'],
      ['resize', '--memory', '1Gi'],
      ['upgrade', '--image-tag', testImages.other],
      ['set', '--hostname', 'db.example.com'],
      ['restart'],
      ['rollback'],
      ['rollback', '1'],
      ['recover'],
      ['install'],
      ['uninstall'],
      ['uninstall', '--delete-data'],
    ];

    test.each([
      ['shop', 'release of the chart shop 3.1.0, an application with PostgreSQL inside'],
      ['web', 'release of the chart web 3.1.0'],
      ['plain', 'PostgreSQL by plain helm'],
    ])('%s is left as it is by every command that changes', async (name, what) => {
      const before = await objectsIn(namespace.name);
      for (const [command = '', ...rest] of commands) {
        const [word, ...flags] = command === 'rollback' ? [...rest, ''] : ['', ...rest];
        const args = [command, name, ...(word ? [word] : []), ...flags.filter(Boolean), '-n', namespace.name, '--yes'];
        const more = command === 'uninstall' ? (rest.length > 0 ? ['--confirm', name] : []) : ['--chart', chart];
        const {code, json} = await cliJson<Result>([...args, ...more], {env: {PGHI_HELM: helm}});
        expect({command, exit: code, ...asked(json)}).toEqual({command, exit: 3, ...refusedAsNotOurs});
        expect(json.cause?.message).toContain(what);
        expect(json.cause?.remedies.some((one) => one.command?.startsWith(`helm uninstall ${name} `))).toBe(true);
      }
      expect(await objectsIn(namespace.name)).toEqual(before);
    });

    test('the volumes of one that is gone are not deleted either', async () => {
      expect(await plainHelm(namespace.name, 'uninstall', 'plain')).toBe('done');
      const claims = async () => (await objectsIn(namespace.name)).filter((one) => /Claim\/data-plain/.test(one));
      const before = await claims();
      expect(before).toHaveLength(2);
      const {code, json} = await cliJson<Result>(
        ['uninstall', 'plain', '-n', namespace.name, '--yes', '--delete-data', '--confirm', 'plain'],
        {env: {PGHI_HELM: helm}},
      );
      expect({exit: code, ...asked(json)}).toEqual({exit: 3, ...refusedAsNotOurs});
      expect(await claims()).toEqual(before);
    });
  });

  describe('an uninstall after a revision that failed', () => {
    const left = async (namespace: string) => {
      const more =
        'statefulsets,services,configmaps,serviceaccounts,networkpolicies,poddisruptionbudgets,cronjobs,pods';
      const {items} = await kubectlJson<{items: {kind: string; metadata: {name: string}}[]}>([
        ...['-n', namespace, 'get', more, '-l', 'app.kubernetes.io/instance=orders'],
      ]);
      return items.map(({kind, metadata}) => `${kind}/${metadata.name}`);
    };
    const failed = async () => {
      const release = await OperatedRelease.install('failed', ['--read-replicas', '1'], {helm, chart});
      const said = await plainHelm(
        release.namespace.name,
        ...['upgrade', 'orders', chartThatFails(chart), '--reuse-values'],
      );
      expect(said).toContain('99999');
      return release;
    };
    const uninstall = ({namespace, env}: OperatedRelease, ...flags: readonly string[]) =>
      cliJson<Result>(['uninstall', 'orders', '-n', namespace.name, '--yes', '--timeout', '60s', ...flags], {env});

    test('removes what the failed manifest does not name, says so, and keeps the data', async () => {
      const release = await failed();
      const namespace = release.namespace.name;
      const planned = (await uninstall(release, '--dry-run')).json.plan?.consequences ?? [];
      expect(planned.map(({code, object}) => `${code} ${object}`)).toContain(
        'REMOVE Service/orders-postgresql-read-hl',
      );
      const {code, json} = await uninstall(release);
      expect({code, outcome: json.outcome}).toEqual({code: 0, outcome: 'succeeded'});
      expect(json.notes.join()).toContain('StatefulSet/orders-postgresql-primary');
      expect(await left(namespace)).toEqual([]);
      const kept = (await objectsIn(namespace)).filter((one) => /Claim|Secret\/orders-postgresql-auth/.test(one));
      expect(kept).toHaveLength(3);
      await release.namespace.remove();
    });

    test('finishes what a plain helm uninstall left, with no operation recorded', async () => {
      const release = await failed();
      const namespace = release.namespace.name;
      expect(await plainHelm(namespace, 'uninstall', 'orders')).toBe('done');
      expect(await left(namespace)).toContain('StatefulSet/orders-postgresql-primary');
      const {code, json} = await uninstall(release);
      expect({code, outcome: json.outcome}).toEqual({code: 0, outcome: 'succeeded'});
      expect(await left(namespace)).toEqual([]);
      // What is removed already is no error: a run that was killed after its last request is run again.
      const again = await uninstall(release);
      expect({code: again.code, outcome: again.json.outcome}).toEqual({code: 0, outcome: 'unchanged'});
      const data = await uninstall(release, '--delete-data', '--confirm', 'orders');
      expect({code: data.code, outcome: data.json.outcome}).toEqual({code: 0, outcome: 'succeeded'});
      await release.namespace.remove();
    });
  });
});
