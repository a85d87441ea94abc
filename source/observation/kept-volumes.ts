// The volumes of earlier writers that failovers kept: how to look into them, and how to remove them. Pure.
import {toTheSecond} from '../core/time.ts';
import {formatBytes} from '../parameters/quantity.ts';
import {kubectl, kubectlHere} from './checks/messages.ts';
import type {StatefulSet} from './kubernetes.ts';
import {viewOf} from './release-view.ts';
import type {Snapshot, Target} from './snapshot.ts';
import {sizeOf} from './storage.ts';
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
      ...{claim: name, bytes: sizeOf(claim), since: creationTimestamp ?? null},
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

/** Such as `orders-postgresql-kept-20260102t030405, 20Gi, of an earlier writer, since 2026-01-02T03:04:05Z`. */
export function keptText({claim, bytes, since, countsWhenBack}: KeptVolume): string {
  return [
    claim,
    ...(bytes === null ? [] : [formatBytes(bytes)]),
    'of an earlier writer',
    ...(since === null ? [] : [`since ${toTheSecond(since)}`]),
    ...(countsWhenBack === null ? [] : [`what was lost is counted by recover when ${countsWhenBack} is back`]),
  ].join(', ');
}

/** Where the pod mounts the volume, which nothing may write to, and the copy of its data that the server runs on. */
const [mounted, copied] = ['/kept', '/tmp/data'];

/**
 * Opens psql on a copy, because a server that is started on the volume itself writes to it. Where the copy has no room,
 * or the server does not start, a shell is left.
 */
const script = [
  `cp -a ${mounted}/data ${copied}`,
  `rm -f ${copied}/postmaster.pid ${copied}/standby.signal ${copied}/recovery.signal`,
  'cd /tmp',
  'echo local all all trust > hba',
  ': > conf',
  `pg_ctl start -s -w -D ${copied} -o "-c config_file=/tmp/conf -c hba_file=/tmp/hba -c listen_addresses= ` +
    '-c unix_socket_directories=/tmp" > log',
  'psql -h /tmp -U postgres',
].join(' && ');

/** The fields of the template that `StatefulSet` leaves out. */
interface PodSpec {
  readonly securityContext?: object;
  readonly imagePullSecrets?: readonly object[];
  readonly tolerations?: readonly object[];
  readonly containers: readonly {readonly name: string; readonly image?: string; readonly securityContext?: object}[];
}

/** A throw-away pod with the image of the database and its user, which ends with the session. */
export function lookCommand(target: Target, claim: string, {spec: {template}}: StatefulSet): string {
  const {securityContext, imagePullSecrets, tolerations, containers}: PodSpec = template.spec;
  const database = containers.find(({name}) => name === 'postgresql');
  const name = `${claim}-look`;
  const volumeMounts = [
    {name: 'kept', mountPath: mounted, readOnly: true},
    {name: 'copy', mountPath: '/tmp'},
  ];
  const overrides = {
    spec: {
      ...{securityContext, imagePullSecrets, tolerations, automountServiceAccountToken: false},
      volumes: [
        {name: 'kept', persistentVolumeClaim: {claimName: claim, readOnly: true}},
        {name: 'copy', emptyDir: {}},
      ],
      containers: [{name, securityContext: database?.securityContext, volumeMounts}],
    },
  };
  const run = ['run', name, '-it', '--rm', '--restart=Never', `--image=${database?.image ?? 'postgres'}`];
  const how = ['--override-type=strategic', `--overrides=${JSON.stringify(overrides)}`];
  const place = ['-n', target.namespace];
  return kubectl(target, ...run, ...how, ...place, '--command', '--', 'sh', '-c', `(${script}) || exec sh`);
}
