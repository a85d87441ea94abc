// The volumes of earlier writers that failovers kept: how to look into them, and how to remove them. Pure.
import {databaseIn} from '../../chart/names.ts';
import {formatBytes} from '../../parameters/quantity.ts';
import {kubectl, kubectlHere} from '../../commands/kubectl.ts';
import type {StatefulSet} from '../kubernetes.ts';
import {viewOf} from '../release-view.ts';
import type {Snapshot, Target} from '../snapshot.ts';
import {sizeOf} from '../storage.ts';
import {uncountedFailover} from './uncounted-failover.ts';

export interface KeptVolume {
  readonly claim: string;
  readonly bytes: number | null;
  /** ISO 8601. */
  readonly since: string | null;
  /** The node whose return recover waits for, to count on the volume what was lost; null: nothing is left to count. */
  readonly countsWhenBack: string | null;
  /** The command that opens its rows. */
  readonly look: string | null;
  /** The command that gives it up. */
  readonly remove: string;
}

export function keptVolumes(snapshot: Snapshot): readonly KeptVolume[] {
  const {target, keptClaims = []} = snapshot;
  const {writerSet} = viewOf(snapshot);
  const uncounted = uncountedFailover(snapshot);
  return keptClaims.map((claim) => {
    const {name, creationTimestamp} = claim.metadata;
    return {
      claim: name,
      bytes: sizeOf(claim),
      since: creationTimestamp ?? null,
      countsWhenBack: uncounted?.keptClaim === name ? (uncounted.fromNode ?? 'its node') : null,
      look: writerSet && lookCommand(target, name, writerSet),
      remove: [
        kubectlHere(target, 'delete', 'pvc', name),
        // It is kept beyond its claim.
        ...(claim.spec.volumeName ? [kubectl(target, 'delete', 'pv', claim.spec.volumeName)] : []),
      ].join(' && '),
    };
  });
}

/** Such as `orders-postgresql-kept-20260102t030405, 20Gi of an earlier writer`: the name tells since when. */
export function keptText({claim, bytes, countsWhenBack}: KeptVolume): string {
  const size = bytes === null ? '' : `${formatBytes(bytes)} `;
  const counts = countsWhenBack === null ? '' : `; recover counts on it what was lost, once ${countsWhenBack} answers`;
  return `${claim}, ${size}of an earlier writer${counts}`;
}

/** Where the pod mounts the volume, which nothing may write to, and the copy of its data that the server runs on. */
const [mounted, copied] = ['/kept', '/tmp/data'];

/**
 * Opens psql on a copy, because a server that is started on the volume itself writes to it. Where the copy has no room,
 * or the server does not start, a shell is left. The settings files of the database may be outside its data folder.
 */
const opening = [
  `cp -a ${mounted}/data ${copied}`,
  `rm -f ${copied}/postmaster.pid ${copied}/standby.signal ${copied}/recovery.signal`,
  'cd /tmp',
  'echo local all all trust > hba',
  ': > conf',
  `pg_ctl start -s -w -D ${copied} -o "-c config_file=/tmp/conf -c hba_file=/tmp/hba -c listen_addresses= ` +
    '-c unix_socket_directories=/tmp" > log',
  'psql -h /tmp -U postgres',
].join(' && ');

/** A quota of the namespace may ask for them. Little is requested, because the volume may be on a node that is full. */
const resources = {requests: {cpu: '1m', memory: '32Mi'}, limits: {cpu: '1', memory: '512Mi'}};

/** The fields of the template that `StatefulSet` leaves out. */
interface PodSpec {
  readonly securityContext?: object;
  readonly imagePullSecrets?: readonly object[];
  readonly tolerations?: readonly object[];
  readonly containers: readonly {readonly name: string; readonly image?: string; readonly securityContext?: object}[];
}

/** Opens it in a throw-away pod, with the image of the database and its user. */
export function lookCommand(target: Target, claim: string, {spec: {template}}: StatefulSet): string {
  const {securityContext, imagePullSecrets, tolerations, containers}: PodSpec = template.spec;
  const database = databaseIn(containers);
  const name = `${claim}-look`;
  const volumeMounts = [
    {name: 'kept', mountPath: mounted, readOnly: true},
    {name: 'copy', mountPath: '/tmp'},
  ];
  const overrides = {
    spec: {
      securityContext,
      imagePullSecrets,
      tolerations,
      automountServiceAccountToken: false,
      volumes: [
        {name: 'kept', persistentVolumeClaim: {claimName: claim, readOnly: true}},
        {name: 'copy', emptyDir: {}},
      ],
      containers: [{name, securityContext: database?.securityContext, resources, volumeMounts}],
    },
  };
  const here = (...args: readonly string[]) => kubectlHere(target, ...args);
  const image = `--image=${database?.image ?? 'postgres'}`;
  const how = ['--override-type=strategic', `--overrides=${JSON.stringify(overrides)}`];
  return [
    here('run', name, '--restart=Never', image, ...how, '--command', '--', 'sleep', '3600'),
    ` && ${here('wait', '--for=condition=Ready', `pod/${name}`, '--timeout=5m')}`,
    ` && ${here('exec', '-i', '-t', name, '--', 'sh', '-c', `(${opening}) || exec sh`)}`,
    `; ${here('delete', 'pod', name, '--now')}`,
  ].join('');
}
