// helm 3, helm 4 and kubectl, unmodified, against the sandbox's API without controllers.
import {connect} from 'node:net';
import {execa} from 'execa';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {kinds} from '../../source/store/kinds.ts';
import {helm3, helm4, kubectl, smallChart} from '../../../test/support/paths.ts';
import {bareApi, runningPod, type BareApi} from './bare-api.ts';

let api: BareApi;
beforeAll(async () => {
  api = await bareApi();
});
afterAll(() => api.close());

async function ok(program: string, line: string, input = ''): Promise<string> {
  const {code, out} = await api.run(program, words(line), input);
  expect(code, `${line}\n${out}`).toBe(0);
  return out;
}
async function refused(program: string, line: string, input = ''): Promise<string> {
  const {code, out} = await api.run(program, words(line), input);
  expect(code, `${line}\n${out}`).not.toBe(0);
  return out;
}
/** The words as a shell divides them, with single quotes only. */
const words = (line: string) => (line.match(/'[^']*'|\S+/g) ?? []).map((word) => word.replace(/^'|'$/g, ''));

describe.each([
  ['helm 3', helm3, 'three'],
  ['helm 4', helm4, 'four'],
])('%s', (_name, helm, namespace) => {
  const generations = () => ok(kubectl, `get sts -n ${namespace} -o jsonpath={.items[*].metadata.generation}`);

  test('installs, changes, looks back and uninstalls a release', async () => {
    const values = '--set architecture=replication';
    expect(await ok(helm, `install db ${smallChart} -n ${namespace} --create-namespace ${values}`)).toContain(
      'STATUS: deployed',
    );
    expect(await generations()).toBe('1 1');
    expect(await ok(helm, `get values db -n ${namespace}`)).toContain('architecture: replication');

    // Nothing changes, not even the generation, so no pod is restarted.
    await ok(helm, `upgrade db ${smallChart} -n ${namespace} ${values}`);
    await ok(helm, `upgrade db ${smallChart} -n ${namespace} ${values} --dry-run=server`);
    expect(await generations()).toBe('1 1');

    await ok(helm, `upgrade db ${smallChart} -n ${namespace} ${values} --set readReplicas.replicaCount=3`);
    expect(await generations()).toBe('1 2');
    expect(await ok(kubectl, `get sts -n ${namespace} -o jsonpath={.items[*].spec.replicas}`)).toBe('1 3');

    await ok(helm, `rollback db 1 -n ${namespace}`);
    expect(await ok(kubectl, `get sts -n ${namespace} -o jsonpath={.items[*].spec.replicas}`)).toBe('1 1');
    expect(await ok(helm, `history db -n ${namespace}`)).toMatch(/Rollback to 1/);
    expect(await ok(helm, `status db -n ${namespace}`)).toContain('STATUS: deployed');
    expect(await ok(helm, `list -A`)).toContain('db');

    await ok(helm, `uninstall db -n ${namespace} --wait`);
    expect(await ok(kubectl, `get sts,svc,secret -n ${namespace}`)).toContain('No resources found');
  });
});

test('helm 4 takes over a release of helm 3 without a restart', async () => {
  await ok(helm3, `install moved ${smallChart} --set architecture=replication`);
  await ok(helm4, `upgrade moved ${smallChart} --set architecture=replication --server-side=true --force-conflicts`);
  expect(
    await ok(kubectl, 'get sts -l app.kubernetes.io/instance=moved -o jsonpath={.items[*].metadata.generation}'),
  ).toBe('1 1');
  await ok(helm4, 'uninstall moved');
});

test('helm 4 hears of what kubectl scaled', async () => {
  await ok(helm4, `install held ${smallChart} --set architecture=replication`);
  await ok(kubectl, 'scale sts held-postgresql-read --replicas=3');
  const out = await refused(
    helm4,
    `upgrade held ${smallChart} --set architecture=replication,readReplicas.replicaCount=2`,
  );
  expect(out).toContain(
    'Apply failed with 1 conflict: conflict with "kubectl" with subresource "scale" using apps/v1: .spec.replicas',
  );
  await ok(helm4, 'uninstall held');
});

const configMap = (data: object) =>
  JSON.stringify({apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: 'cfg', labels: {app: 'x'}}, data});

describe('kubectl', () => {
  test('creates, applies, patches, labels, lists and deletes', async () => {
    await ok(kubectl, 'create ns place');
    expect(await refused(kubectl, 'create ns place')).toContain('namespaces "place" already exists');
    expect(await ok(kubectl, 'apply -n place -f -', configMap({a: '1', b: '2'}))).toContain('created');
    expect(await ok(kubectl, 'apply -n place -f -', configMap({a: '1', b: '2'}))).toContain('unchanged');
    expect(await ok(kubectl, 'apply -n place -f -', configMap({a: '9'}))).toContain('configured');
    const data = () => ok(kubectl, 'get cm cfg -n place -o jsonpath={.data}');
    expect(await data()).toBe('{"a":"9"}');
    await ok(kubectl, `patch cm cfg -n place -p '{"data":{"s":"1"}}'`);
    await ok(kubectl, `patch cm cfg -n place --type=merge -p '{"data":{"s":null,"m":"1"}}'`);
    await ok(kubectl, `patch cm cfg -n place --type=json -p '[{"op":"move","from":"/data/m","path":"/data/j"}]'`);
    expect(await data()).toBe('{"a":"9","j":"1"}');
    await ok(kubectl, 'apply -n place -f - --dry-run=server', configMap({a: '0'}));
    expect(await data()).toBe('{"a":"9","j":"1"}');
    await ok(kubectl, 'label cm cfg -n place tier=db');
    expect(await refused(kubectl, 'label cm cfg -n place tier=web')).toContain('--overwrite');
    await ok(kubectl, 'annotate cm cfg -n place note=here');
    expect(await ok(kubectl, 'get cm -n place -l tier=db,app!=y -o name')).toBe('configmap/cfg');
    expect(await ok(kubectl, 'get cm -n place -l tier=web')).toContain('No resources found');
    await ok(kubectl, 'wait -n place --for=jsonpath={.data.a}=9 cm/cfg --timeout=20s');
    await ok(kubectl, 'delete cm -n place -l app=x');
    expect(await refused(kubectl, 'get cm cfg -n place')).toContain('configmaps "cfg" not found');
    await ok(kubectl, 'delete ns place');
    expect(await refused(kubectl, 'get ns place')).toContain('namespaces "place" not found');
  });

  test('applies on the server, and is told of conflicts', async () => {
    await ok(kubectl, 'apply --server-side --field-manager=one -f -', configMap({a: '1', b: '2'}));
    const out = await refused(kubectl, 'apply --server-side --field-manager=two -f -', configMap({a: '9'}));
    expect(out).toContain('Apply failed with 1 conflict: conflict with "one": .data.a');
    await ok(kubectl, 'apply --server-side --field-manager=two --force-conflicts -f -', configMap({a: '9'}));
    // What one manager no longer applies goes, unless another one applies it too.
    await ok(kubectl, 'apply --server-side --field-manager=one -f -', configMap({}));
    expect(await ok(kubectl, 'get cm cfg -o jsonpath={.data}')).toBe('{"a":"9"}');
    await ok(kubectl, 'delete cm cfg');
  });

  test('asks what there is and what it may', async () => {
    expect(await ok(kubectl, 'api-resources')).toMatch(/statefulsets\s+sts\s+apps\/v1\s+true\s+StatefulSet/);
    expect(await ok(kubectl, 'version')).toContain('Server Version: v1.34');
    expect(await ok(kubectl, 'auth can-i delete pods')).toBe('yes');
    expect(await ok(kubectl, 'auth whoami')).toContain('sandbox-admin');
    expect(await ok(kubectl, 'explain statefulset.spec.replicas')).toContain('integer');
    expect(await ok(kubectl, 'get nodes')).toMatch(/node0\s+Ready\s+<none>/);
    expect(await ok(kubectl, 'get sc')).toMatch(
      /standard \(default\)\s+sandbox\/volume\s+Delete\s+WaitForFirstConsumer\s+true/,
    );
    expect(await refused(kubectl, 'get nothing')).toContain(`the server doesn't have a resource type "nothing"`);
  });

  test('speaks with a running pod', async () => {
    runningPod(api.store, 'live');
    expect(await ok(kubectl, 'get pod live')).toMatch(/live\s+1\/1\s+Running/);
    expect(await ok(kubectl, 'describe pod live')).toContain('Image:');
    expect(await ok(kubectl, 'logs live --tail=1')).toBe('three of main');
    expect(await ok(kubectl, 'logs live --since-time=2026-02-01T00:00:00Z')).toBe('');
    expect(await refused(kubectl, 'logs live -p')).toContain(
      'previous terminated container "main" in pod "live" not found',
    );
    expect(await ok(kubectl, 'exec -i live -- cat 0', 'to and fro\n')).toContain('to and fro');
    const {code, out} = await api.run(kubectl, ['exec', 'live', '--', 'leave', '7']);
    expect({code, out}).toEqual({code: 7, out: expect.stringContaining('command terminated with exit code 7')});
    await ok(kubectl, 'events');
    // By force, because there is no kubelet here that would end the pod gracefully.
    await ok(kubectl, 'delete pod live --grace-period=0 --force');
  });

  test('forwards a port', async () => {
    runningPod(api.store, 'listening');
    const forward = execa(kubectl, ['port-forward', 'pod/listening', ':5432'], {
      env: {KUBECONFIG: api.kubeconfig, PATH: process.env['PATH']},
      extendEnv: false,
      reject: false,
      timeout: 50_000,
    });
    try {
      const port = await new Promise<number>((resolve, reject) => {
        let said = '';
        forward.stdout.on('data', (chunk) => {
          said += String(chunk);
          const found = /127\.0\.0\.1:(\d+)/.exec(said)?.[1];
          if (found) resolve(Number(found));
        });
        forward.nodeChildProcess.on('exit', () => reject(new Error(`port-forward ended: ${said}`)));
      });
      const sent = Buffer.alloc(300_000, 'abc');
      const heard = await new Promise<Buffer>((resolve, reject) => {
        const socket = connect(port, '127.0.0.1').on('error', reject);
        const chunks: Buffer[] = [];
        let size = 0;
        socket.write(sent);
        socket.on('data', (chunk) => {
          chunks.push(chunk);
          size += chunk.length;
          if (size >= sent.length) resolve(Buffer.concat(chunks));
          if (size >= sent.length) socket.end();
        });
      });
      expect(heard.equals(sent)).toBe(true);
    } finally {
      forward.kill();
      await forward;
    }
  });

  test('keeps dependents when it deletes with --cascade=orphan', async () => {
    const owner = api.store.create(kinds.configMap, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {name: 'owner', namespace: 'default'},
    });
    const {uid = ''} = owner.metadata;
    const own = (name: string) =>
      api.store.create(kinds.configMap, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: {
          name,
          namespace: 'default',
          ownerReferences: [{apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid, blockOwnerDeletion: true}],
        },
      });
    own('kept');
    await ok(kubectl, 'delete cm owner --cascade=orphan');
    expect(await ok(kubectl, 'get cm kept -o jsonpath={.metadata.ownerReferences}')).toBe('');
    await ok(kubectl, 'delete cm kept');
  });
});

test('without the token nobody is let in', async () => {
  const {code, out} = await api.run(kubectl, ['get', 'ns', '--token=other']);
  expect({code, out}).toEqual({code: 1, out: expect.stringMatching(/You must be logged in|Unauthorized/)});
});

test('kubectl writes in protobuf what it makes of something else: nothing of a pod is lost on the way', async () => {
  const spec = {
    restartPolicy: 'OnFailure',
    automountServiceAccountToken: false,
    securityContext: {runAsUser: 0, runAsNonRoot: false, fsGroup: 1001, supplementalGroups: [5, 6]},
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{matchExpressions: [{key: 'zone', operator: 'In', values: ['a', 'b']}]}],
        },
      },
    },
    tolerations: [{key: 'only', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 0}],
    volumes: [
      {name: 'data', persistentVolumeClaim: {claimName: 'backup'}},
      {name: 'passwords', secret: {secretName: 'creds', defaultMode: 0o400, items: [{key: 'password', path: 'p'}]}},
      {name: 'memory', emptyDir: {medium: 'Memory', sizeLimit: '1Gi'}},
    ],
    containers: [
      {
        name: 'dump',
        image: 'i:1',
        command: ['sh', '-c', 'echo hello'],
        resources: {limits: {cpu: '100m', memory: '64Mi'}},
        env: [
          {name: 'PLAIN', value: 'b'},
          {name: 'SECRET', valueFrom: {secretKeyRef: {name: 'creds', key: 'password', optional: false}}},
          {name: 'HOST', valueFrom: {fieldRef: {fieldPath: 'status.hostIP'}}},
        ],
        envFrom: [{prefix: 'X_', configMapRef: {name: 'settings', optional: true}}],
        ports: [{name: 'p', containerPort: 5432}],
        livenessProbe: {httpGet: {path: '/x', port: 'p'}, periodSeconds: 3},
        readinessProbe: {tcpSocket: {port: 5432}, initialDelaySeconds: 2},
        lifecycle: {preStop: {exec: {command: ['true']}}},
        volumeMounts: [
          {name: 'data', mountPath: '/backup', subPath: 's'},
          {name: 'passwords', mountPath: '/s', readOnly: true},
          {name: 'memory', mountPath: '/m'},
        ],
        securityContext: {
          allowPrivilegeEscalation: false,
          capabilities: {drop: ['ALL']},
          seccompProfile: {type: 'RuntimeDefault'},
        },
      },
    ],
  };
  const jobTemplate = {
    spec: {
      backoffLimit: 0,
      ttlSecondsAfterFinished: 0,
      template: {metadata: {labels: {a: 'b'}, annotations: {note: 'x'}}, spec},
    },
  };
  await ok(
    kubectl,
    'apply -f -',
    JSON.stringify({
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: {name: 'nightly'},
      spec: {schedule: '0 3 * * *', jobTemplate},
    }),
  );
  await ok(kubectl, 'create job once --from=cronjob/nightly');
  const made = async (of: string, path: string) =>
    JSON.parse(await ok(kubectl, `get ${of} -o jsonpath={${path}}`)) as Record<string, unknown>;
  expect(await made('job/once', '.spec.template.spec')).toEqual(
    await made('cronjob/nightly', '.spec.jobTemplate.spec.template.spec'),
  );
  expect(await made('job/once', '.spec')).toMatchObject({
    backoffLimit: 0,
    ttlSecondsAfterFinished: 0,
    template: {metadata: {labels: {a: 'b', 'job-name': 'once'}, annotations: {note: 'x'}}},
  });
  expect(await made('job/once', '.metadata.ownerReferences[0]')).toMatchObject({
    kind: 'CronJob',
    name: 'nightly',
    controller: true,
  });
  await ok(kubectl, "create cronjob typed --image=i:1 --schedule=@daily -- echo 'a b'");
  expect(await made('cronjob/typed', '.spec.jobTemplate.spec.template.spec.containers[0]')).toMatchObject({
    name: 'typed',
    image: 'i:1',
    command: ['echo', 'a b'],
  });
});

test('a token of a service account counts while its account is there', async () => {
  await ok(kubectl, 'create serviceaccount robot');
  const token = (await ok(kubectl, 'create token robot --duration=10m')).trim();
  const [, payload = ''] = token.split('.');
  const {sub, exp, iat} = JSON.parse(Buffer.from(payload, 'base64url').toString()) as {
    sub: string;
    exp: number;
    iat: number;
  };
  expect({sub, seconds: exp - iat}).toEqual({sub: 'system:serviceaccount:default:robot', seconds: 600});
  const as = (given: string) =>
    `--kubeconfig /dev/null --server ${api.server} --insecure-skip-tls-verify --token ${given} auth whoami`;
  expect(await ok(kubectl, as(token))).toContain('system:serviceaccount:default:robot');
  const [head, body, signature = ''] = token.split('.');
  expect(
    await refused(kubectl, as(`${head}.${body}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`)),
  ).toMatch(/You must be logged in|Unauthorized/);
  expect(await refused(kubectl, 'create token robot --duration=1m')).toContain(
    'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 60: may not ' +
      'specify a duration less than 10 minutes',
  );
  await ok(kubectl, 'delete serviceaccount robot');
  expect(await refused(kubectl, as(token))).toMatch(/You must be logged in|Unauthorized/);
  expect(await refused(kubectl, 'create token robot')).toContain(
    'error: failed to create token: serviceaccounts "robot" not found',
  );
});
