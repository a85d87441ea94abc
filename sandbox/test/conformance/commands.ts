// What people and scripts type, one after the other in a namespace of its own: the same outcome on both clusters.
import {smallChart} from '../../../test/support/paths.ts';
import type {Command} from './place.ts';

export interface Typed extends Command {
  /** How much of what it prints must be the same: all of it (stderr too), the first column, or the exit code alone. */
  readonly same: 'text' | 'names' | 'code';
}

const kubectl = (same: Typed['same'], line: string, input?: object): Typed => ({
  program: 'kubectl',
  args: ['-n', 'NS', ...line.split(' ')],
  same,
  ...(input ? {input: JSON.stringify(input)} : {}),
});
const settings = (data: object) => ({apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: 'settings'}, data});
const values = [
  ...[
    'auth.existingSecret=creds',
    'architecture=replication',
    'readReplicas.replicaCount=0',
    'primary.persistence.size=1Gi',
    'readReplicas.persistence.size=1Gi',
  ],
  ...[
    'image.repository=bitnamilegacy/postgresql',
    'image.tag=17.6.0-debian-12-r4',
    'global.security.allowInsecureImages=true',
    'primary.resources.requests.cpu=50m',
    'primary.resources.requests.memory=128Mi',
  ],
].flatMap((value) => ['--set', value]);
const helm = (same: Typed['same'], program: 'helm' | 'helm4', ...args: string[]): Typed => ({
  program,
  args: [...args, '-n', 'NS'],
  same,
});
const writer = 'pod/orders-postgresql-primary-0';
/** Waits until the pod is gone; where it is gone already, kubectl says nothing. */
const gone = (pod: string) => kubectl('code', `wait --for=delete --timeout=120s ${pod}`);
const ready = kubectl('text', `wait --for=condition=Ready --timeout=120s ${writer}`);

const ofHelm = (program: 'helm' | 'helm4'): Typed[] => [
  helm('code', program, 'install', 'orders', smallChart, ...values),
  kubectl('code', `wait --for=create --timeout=60s ${writer}`),
  ready,
  helm('names', program, 'list'),
  helm('code', program, 'status', 'orders'),
  helm('text', program, 'get', 'values', 'orders'),
  helm('text', program, 'get', 'manifest', 'orders'),
  helm('code', program, 'upgrade', 'orders', smallChart, ...values, '--set', 'commonLabels.round=second'),
  helm('names', program, 'history', 'orders'),
  helm('text', program, 'rollback', 'orders', '1'),
  kubectl('code', 'rollout status statefulset/orders-postgresql-primary --timeout=120s'),
  ready,
];

export const commands: readonly Typed[] = [
  kubectl('text', 'create configmap settings --from-literal=a=1'),
  kubectl('text', 'create configmap settings --from-literal=a=1'),
  kubectl('text', 'get configmap settings -o jsonpath={.data}'),
  kubectl('text', 'apply -f -', settings({a: '1', b: '2'})),
  kubectl('text', 'apply -f -', settings({a: '1', b: '2'})),
  kubectl('text', 'apply -f -', settings({b: '3'})),
  kubectl('text', 'apply --server-side --force-conflicts -f -', settings({b: '4'})),
  kubectl('text', 'label configmap settings team=a'),
  kubectl('text', 'annotate configmap settings note=x'),
  kubectl('text', 'patch configmap settings --type merge -p {"data":{"c":"5"}}'),
  kubectl('text', 'patch configmap settings --type json -p [{"op":"remove","path":"/data/c"}]'),
  kubectl('text', 'get configmap -l team=a -o name'),
  kubectl('text', 'get configmap settings'),
  kubectl('text', 'delete configmap settings'),
  kubectl('text', 'get configmap settings'),
  kubectl('text', 'auth can-i create statefulsets'),
  kubectl('code', 'create token default'),
  kubectl('text', 'create token default --duration=1m'),
  kubectl('text', 'create token nobody'),
  kubectl(
    'text',
    'create cronjob nightly --image=docker.io/bitnamilegacy/os-shell:12-debian-12-r50 --schedule=@daily -- echo hello',
  ),
  kubectl('text', 'create job once --from=cronjob/nightly'),
  kubectl('text', 'get job once -o jsonpath={.spec.template.spec}'),
  kubectl('text', 'wait --for=condition=Complete --timeout=60s job/once'),
  kubectl('text', 'logs job/once'),
  kubectl('text', 'delete cronjob nightly'),
  kubectl(
    'text',
    'create secret generic creds --from-literal=postgres-password=p0stgres-password ' +
      '--from-literal=password=app-password-1 --from-literal=replication-password=replication-1',
  ),
  ...ofHelm('helm'),
  kubectl('text', 'get pods'),
  kubectl('text', 'get pvc -o custom-columns=NAME:.metadata.name,STATUS:.status.phase,SIZE:.status.capacity.storage'),
  kubectl('names', 'get statefulsets,services,secrets'),
  kubectl('code', `describe ${writer}`),
  kubectl('code', 'get events'),
  kubectl('code', `logs ${writer} --tail=3`),
  {program: 'kubectl', args: ['-n', 'NS', 'exec', writer, '--', 'sh', '-c', 'echo hello; exit 3'], same: 'text'},
  {
    program: 'kubectl',
    args: ['-n', 'NS', 'exec', '-i', writer, '--', 'cat'],
    input: 'what goes in comes out',
    same: 'text',
  },
  kubectl('code', 'get pods -o wide'),
  kubectl('text', 'scale statefulset orders-postgresql-read --replicas=1'),
  kubectl('code', 'wait --for=create --timeout=60s pod/orders-postgresql-read-0'),
  kubectl('text', 'wait --for=condition=Ready --timeout=120s pod/orders-postgresql-read-0'),
  kubectl('text', 'scale statefulset orders-postgresql-read --replicas=0'),
  gone('pod/orders-postgresql-read-0'),
  kubectl('text', 'rollout status statefulset/orders-postgresql-primary --timeout=60s'),
  helm('text', 'helm', 'uninstall', 'orders'),
  gone(writer),
  kubectl('names', 'get pvc'),
  ...ofHelm('helm4'),
  helm('text', 'helm4', 'uninstall', 'orders'),
  gone(writer),
  kubectl('text', 'delete pvc --all'),
  kubectl('text', 'get pvc'),
];
