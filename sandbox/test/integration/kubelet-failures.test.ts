// Pods that cannot run, with the words of a real kubelet (compared with Kubernetes 1.34).
import {chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {noFaults} from '../../source/faults.ts';
import {kinds} from '../../source/store/kinds.ts';
import type {KubeObject} from '../../source/store/objects.ts';
import {waitFor} from '../../../test/support/wait-for.ts';
import {chartPod, isReady, kubeletLab, namespace, type Lab} from './kubelet-lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await kubeletLab();
});
afterAll(() => lab.close());

const shell = 'docker.io/bitnamilegacy/os-shell:12-debian-12-r50';
const waiting = (name: string) => lab.status(name).containerStatuses?.[0]?.state.waiting;
const one = (image: string, more: object = {}) => ({containers: [{name: 'main', image, ...more}]});
const reason = (name: string, wanted: string) =>
  waitFor(
    `${name}: ${wanted}`,
    () => waiting(name),
    (seen) => seen?.reason === wanted,
    {deadlineMs: 15_000},
  );

describe('an image', () => {
  test('that nobody has', async () => {
    lab.create('absent', one('bitnami/postgresql:9'));
    const text =
      'rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/bitnami/postgresql:9": ' +
      'failed to resolve reference "docker.io/bitnami/postgresql:9": docker.io/bitnami/postgresql:9: not found';
    expect(await reason('absent', 'ErrImagePull')).toEqual({reason: 'ErrImagePull', message: text});
    expect(await reason('absent', 'ImagePullBackOff')).toEqual({
      reason: 'ImagePullBackOff',
      message: `Back-off pulling image "bitnami/postgresql:9": ErrImagePull: ${text}`,
    });
    expect(lab.events('absent')).toEqual([
      'Pulling Pulling image "bitnami/postgresql:9"',
      `Failed Failed to pull image "bitnami/postgresql:9": ${text}`,
      'Failed Error: ErrImagePull',
      'BackOff Back-off pulling image "bitnami/postgresql:9"',
      'Failed Error: ImagePullBackOff',
    ]);
    expect(lab.status('absent')).toMatchObject({
      phase: 'Pending',
      containerStatuses: [{image: 'bitnami/postgresql:9', imageID: ''}],
    });
  });

  test.each([
    ['example.com/private/x:1', '401 Unauthorized'],
    ['example.com/limited/x:1', '429 Too Many Requests'],
  ])('%s is refused: %s', async (image, words) => {
    const name = `refused-${words.slice(0, 3)}`;
    lab.create(name, one(image));
    expect((await reason(name, 'ErrImagePull'))?.message).toMatch(
      new RegExp(`pulling from host example\\.com failed with status code \\[manifests 1\\]: ${words}$`),
    );
  });

  test('that is made to be missing is found once the fault names another one; one that was pulled stays', async () => {
    lab.create('pulled', one(shell, {command: ['sh', '-c', 'exec sleep 1000']}));
    await waitFor('it runs', () => lab.status('pulled'), isReady);
    lab.faults = {...noFaults, imageMissing: true};
    lab.create('missing', one('docker.io/library/postgres:17-bookworm', {command: ['sleep', '1000']}));
    await reason('missing', 'ErrImagePull');
    lab.create('there', one(shell, {command: ['sleep', '1000']}));
    await waitFor('it runs', () => lab.status('there'), isReady);
    expect(lab.events('there')[0]).toBe(`Pulled Container image "${shell}" already present on machine`);
    lab.faults = noFaults;
    const pod = lab.pod('missing') as KubeObject;
    lab.store.update(kinds.pod, {
      ...pod,
      spec: {
        ...(pod['spec'] as object),
        containers: [{name: 'main', image: 'docker.io/library/postgres:17.6-bookworm', command: ['sleep', '1000']}],
      },
    });
    await waitFor('it runs', () => lab.status('missing'), isReady);
  });

  test('that is slow to pull is waited for as long as it is slow, and says how long it took', async () => {
    const image = 'docker.io/library/postgres:17.5-bookworm';
    lab.faults = {...noFaults, slowPullMs: 600_000};
    lab.create('slow', one(image, {command: ['sleep', '1000']}));
    await waitFor(
      'the pull',
      () => lab.events('slow'),
      (events) => events.includes(`Pulling Pulling image "${image}"`),
    );
    expect(lab.status('slow')).toMatchObject({
      phase: 'Pending',
      containerStatuses: [{imageID: '', state: {waiting: {reason: 'ContainerCreating'}}}],
    });
    lab.faults = {...noFaults, slowPullMs: 1200};
    lab.create('slower', one('docker.io/library/postgres:17.7-bookworm', {command: ['sleep', '1000']}));
    await waitFor('it runs', () => lab.status('slower'), isReady);
    lab.faults = noFaults;
    const [, took] = /in (\d+)ms/.exec(lab.events('slower').find((text) => text.startsWith('Pulled ')) ?? '') ?? [];
    expect(Number(took)).toBeGreaterThanOrEqual(1200);
    // Nothing has shortened the other pull.
    expect(lab.events('slow').filter((text) => !text.startsWith('Pulling'))).toEqual([]);
  });
});

test('the kubelet of a lost node says and starts nothing, and goes on from there when it is back', async () => {
  lab.create('here', one(shell, {command: ['sh', '-c', 'echo $$; trap "exit 0" TERM; while :; do sleep 0.1; done']}));
  await waitFor('it runs', () => lab.status('here'), isReady);
  const pid = Number(
    await waitFor(
      'its process',
      () => lab.log('here', 'main'),
      (text) => text !== '',
    ),
  );
  const before = lab.pod('here')?.metadata.resourceVersion;
  const life = lab.status('here').containerStatuses?.[0]?.containerID;
  lab.faults = {...noFaults, nodeLost: 'node0'};
  lab.create('later', one(shell, {command: ['sleep', '1000']}));
  const refusal = 'error dialing backend: dial tcp 127.0.0.1:10250: connect: connection refused';
  await expect(lab.exec('here', ['true'])).rejects.toThrow(refusal);
  await expect(lab.log('here', 'main')).rejects.toThrow(refusal);
  // The container's process ends, and nobody hears of it.
  process.kill(pid, 'SIGKILL');
  await waitFor(
    'its end',
    () => ended(pid),
    (seen) => seen,
  );
  expect(lab.pod('here')?.metadata.resourceVersion).toBe(before);
  expect(lab.status('later')).toEqual({phase: 'Pending'});

  lab.faults = noFaults;
  lab.kubelet.look();
  await waitFor(
    'what was there, again',
    () => lab.status('here'),
    (status) => isReady(status) && status.containerStatuses?.[0]?.restartCount === 1,
  );
  expect(lab.status('here').containerStatuses?.[0]?.containerID).not.toBe(life);
  await waitFor('what came meanwhile', () => lab.status('later'), isReady);
});

test('on a machine that is off everything has ended, unheard, and starts over when it is on again', async () => {
  lab.create('dark', one(shell, {command: ['sh', '-c', 'echo $$; trap "" TERM INT; while :; do sleep 0.1; done']}));
  await waitFor('it runs', () => lab.status('dark'), isReady);
  const pid = Number(
    await waitFor(
      'its process',
      () => lab.log('dark', 'main'),
      (text) => text !== '',
    ),
  );
  const before = lab.pod('dark')?.metadata.resourceVersion;
  lab.faults = {...noFaults, nodeOff: 'node0'};
  lab.kubelet.look();
  await waitFor(
    'its end',
    () => ended(pid),
    (seen) => seen,
  );
  expect(lab.pod('dark')?.metadata.resourceVersion).toBe(before);
  await expect(lab.exec('dark', ['true'])).rejects.toThrow(/not found|connection refused/);

  lab.faults = noFaults;
  lab.kubelet.look();
  await waitFor(
    'what was there, again',
    () => lab.status('dark'),
    (status) => isReady(status) && status.containerStatuses?.[0]?.restartCount === 1,
  );
});

describe('a definition', () => {
  test('that names no Secret waits for it, and then runs', async () => {
    lab.create(
      'unconfigured',
      one(shell, {
        command: ['sh', '-c', 'echo "$A"; exec sleep 1000'],
        env: [{name: 'A', valueFrom: {secretKeyRef: {name: 'later', key: 'x'}}}],
      }),
    );
    expect(await reason('unconfigured', 'CreateContainerConfigError')).toEqual({
      reason: 'CreateContainerConfigError',
      message: 'secret "later" not found',
    });
    expect(lab.events('unconfigured')).toContain('Failed Error: secret "later" not found');
    lab.create('unmounted', {
      ...one(shell, {command: ['sleep', '1000'], volumeMounts: [{name: 's', mountPath: '/s'}]}),
      volumes: [{name: 's', secret: {secretName: 'later'}}],
    });
    await waitFor(
      'its event',
      () => lab.events('unmounted'),
      (events) => events.includes('FailedMount MountVolume.SetUp failed for volume "s" : secret "later" not found'),
    );
    expect(lab.status('unmounted')).toMatchObject({
      phase: 'Pending',
      containerStatuses: [{state: {waiting: {reason: 'ContainerCreating'}}}],
    });
    lab.store.create(kinds.secret, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {name: 'later', namespace},
      data: {x: Buffer.from('found').toString('base64')},
    });
    await waitFor(
      'both run',
      () => [lab.status('unconfigured'), lab.status('unmounted')],
      (both) => both.every(isReady),
    );
    await waitFor(
      'what it says',
      () => lab.log('unconfigured', 'main'),
      (text) => text === 'found',
    );
    expect((await lab.exec('unmounted', ['cat', '/s/x'])).stdout).toBe('found');
  });

  test('whose program is not there', async () => {
    lab.create('no-program', {restartPolicy: 'Never', ...one(shell, {command: ['nosuchprogram']})});
    await waitFor(
      'its end',
      () => lab.status('no-program'),
      ({phase}) => phase === 'Failed',
    );
    const message =
      'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create ' +
      'failed: unable to start container process: exec: "nosuchprogram": executable file not found in $PATH: ' +
      'unknown';
    expect(lab.status('no-program').containerStatuses?.[0]?.state.terminated).toMatchObject({
      exitCode: 128,
      reason: 'StartError',
      message,
    });
    expect(lab.events('no-program')).toContain(`Failed Error: ${message}`);
  });

  test('with an init container that fails waits for it', async () => {
    lab.create('init', {
      initContainers: [{name: 'first', image: shell, command: ['sh', '-c', 'exit 3']}],
      ...one(shell, {command: ['sleep', '1000']}),
    });
    await waitFor(
      'the crash loop',
      () => lab.pod('init')?.['status'] as {initContainerStatuses?: {state: {waiting?: {reason: string}}}[]},
      (seen) => seen.initContainerStatuses?.[0]?.state.waiting?.reason === 'CrashLoopBackOff',
      {deadlineMs: 15_000},
    );
    expect(lab.status('init')).toMatchObject({
      phase: 'Pending',
      containerStatuses: [{state: {waiting: {reason: 'PodInitializing'}}}],
    });
    expect(lab.status('init').conditions?.find(({type}) => type === 'Initialized')).toMatchObject({
      status: 'False',
      reason: 'ContainersNotInitialized',
      message: 'containers with incomplete status: [first]',
    });
  });
});

describe('a container', () => {
  test('that ends is started again at once, then after 10 s', async () => {
    lab.create('crashing', one(shell, {command: ['sh', '-c', 'echo bye; exit 3']}));
    const uid = lab.pod('crashing')?.metadata.uid;
    expect(await reason('crashing', 'CrashLoopBackOff')).toEqual({
      reason: 'CrashLoopBackOff',
      message: `back-off 10s restarting failed container=main pod=crashing_ns(${uid})`,
    });
    expect(lab.status('crashing')).toMatchObject({
      phase: 'Running',
      containerStatuses: [{restartCount: 1, lastState: {terminated: {exitCode: 3, reason: 'Error'}}}],
    });
    expect(lab.events('crashing')).toContain(
      `BackOff Back-off restarting failed container main in pod crashing_ns(${uid})`,
    );
  });

  test('that fails its liveness probe is killed and started again', async () => {
    lab.create('unhealthy', {
      terminationGracePeriodSeconds: 1,
      ...one(shell, {
        command: ['sleep', '1000'],
        livenessProbe: {exec: {command: ['false']}, periodSeconds: 1, failureThreshold: 2},
        readinessProbe: {tcpSocket: {port: 99}, periodSeconds: 1},
      }),
    });
    await waitFor(
      'its restart',
      () => lab.status('unhealthy').containerStatuses?.[0]?.restartCount,
      (count) => (count ?? 0) > 0,
      {deadlineMs: 15_000},
    );
    const events = lab.events('unhealthy');
    expect(events).toContain('Killing Container main failed liveness probe, will be restarted');
    expect(events).toContain('Unhealthy Liveness probe failed: ');
    expect(
      events.some((text) =>
        /^Unhealthy Readiness probe failed: dial tcp 127\.77\.\d+\.\d+:99: connect: connection refused$/.test(text),
      ),
      events.join('\n'),
    ).toBe(true);
  });
});

describe('a volume', () => {
  const crash = (name: string) =>
    waitFor(
      `${name} ends`,
      () => waiting(name),
      (seen) => seen?.reason === 'CrashLoopBackOff',
      {deadlineMs: 20_000},
    );

  test("of another major version: PostgreSQL's own words, and the volume is left alone", async () => {
    const folder = join(lab.folder, 'volumes', 'data-pg-postgresql-primary-0');
    await chartPod(lab, 'pg-postgresql-primary');
    await lab.ready('pg-postgresql-primary-0');
    writeFileSync(join(folder, 'data', 'PG_VERSION'), '15\n');
    lab.store.update(kinds.pod, withImage(lab.pod('pg-postgresql-primary-0') as KubeObject, '17.6.0-debian-12-r4'));
    await crash('pg-postgresql-primary-0');
    const log = await lab.log('pg-postgresql-primary-0');
    expect(log).toContain('Deploying PostgreSQL with persisted data');
    expect(log).toContain('FATAL:  database files are incompatible with server');
    expect(log).toContain(
      'The data directory was initialized by PostgreSQL version 15, which is not compatible with this version 17.6.',
    );
  });

  test('that may not be written to', async () => {
    const folder = join(lab.folder, 'volumes', 'data-pg-postgresql-primary-7');
    mkdirSync(folder, {recursive: true});
    writeFileSync(join(folder, 'lost+found'), '');
    chmodSync(folder, 0o555);
    await chartPod(lab, 'pg-postgresql-primary', {}, 7);
    await crash('pg-postgresql-primary-7');
    expect(await lab.log('pg-postgresql-primary-7')).toMatch(
      /mkdir: cannot create directory ['‘]\/bitnami\/postgresql\/data['’]: Permission denied/,
    );
    rmSync(folder, {recursive: true});
  });
});

test('a setting with which PostgreSQL does not start is told while the data is made, and leaves none', async () => {
  await chartPod(
    lab,
    'pg-postgresql-primary',
    {primary: {extendedConfiguration: "shared_preload_libraries = 'no_such_library'\n"}},
    3,
  );
  await reason('pg-postgresql-primary-3', 'CrashLoopBackOff');
  const log = await lab.log('pg-postgresql-primary-3');
  expect(log).toMatch(
    /FATAL: {2}could not access file "no_such_library": No such file or directory[^]*could not start server/,
  );
  expect(existsSync(join(lab.folder, 'volumes', 'data-pg-postgresql-primary-3', 'data'))).toBe(false);
});

function withImage(pod: KubeObject, tag: string): KubeObject {
  const spec = pod['spec'] as {containers: {image: string}[]};
  return {
    ...pod,
    spec: {
      ...spec,
      containers: spec.containers.map((container) => ({
        ...container,
        image: container.image.replace(/:.*/, `:${tag}`),
      })),
    },
  };
}

/** True also for a process that has ended and that nobody has asked about yet. */
function ended(pid: number): boolean {
  return !existsSync(`/proc/${pid}`) || /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
}
