// Makes the ports that operations see from the adapters.
import {databaseContainer, objectNames} from '../../chart/names.ts';
import type {Connection} from '../../cluster/connect.ts';
import {readCredentials} from '../../cluster/credentials.ts';
import {execInPod} from '../../cluster/exec.ts';
import type {Helm} from '../../helm/commands.ts';
import type {Target} from '../../observation/snapshot.ts';
import type {Ports} from '../../operations/ports/index.ts';
import type {Exec} from '../../postgres/psql.ts';
import {clock} from '../../core/time.ts';
import {withTranslatedErrors} from './api-errors.ts';
import {observationPort} from './observation.ts';
import {clusterPort} from './cluster.ts';
import {podsPort} from './pods.ts';
import {storagePort} from './storage.ts';
import {secretPort} from './secret.ts';
import {certificatePort} from './certificate.ts';
import {metricsPort} from './metrics.ts';
import {helmPort} from './helm.ts';
import {databasePort} from './database.ts';
import {backupPort} from './backup.ts';
import {subChartPort} from './sub-chart.ts';
import {adoptionPort} from './adoption.ts';
import {activityPort} from './activity.ts';
import {switchoverPort} from './switchover.ts';
import {failoverPort} from './failover.ts';
import {leasePort} from './lease.ts';

/** What the API server answers where the pod has no such container. */
const notInPod = /Unexpected server response: 400/;

/** The ports of one release: the real cluster, the real helm, the real database. */
export function createAdapters(connection: Connection, helm: () => Promise<Helm>, target: Target): Ports {
  const {api} = connection;
  const {namespace} = target;
  const names = objectNames(target);
  const exec: Exec = async (pod, inContainer, ...asked) => {
    const run = (name: string) => execInPod(connection, namespace, pod, name, ...asked);
    // Chart 10 calls the container as the release's objects, until its pod is recreated.
    return run(inContainer).catch((error: unknown) => {
      const isNotThere = inContainer === databaseContainer && error instanceof Error && notInPod.test(error.message);
      if (!isNotThere) throw error;
      return run(target.fullname);
    });
  };
  const password = async () => (await readCredentials(api, target))?.credentials?.admin ?? null;
  const place = {
    connection,
    target,
    names,
    exec,
    writer: {exec, pod: `${names.writer}-0`, container: databaseContainer, password},
  };
  return withTranslatedErrors({
    target,
    now: () => clock.now(),
    ...observationPort(place),
    ...clusterPort(place),
    ...podsPort(place),
    ...storagePort(place),
    ...secretPort(place),
    ...certificatePort(place),
    ...metricsPort(place),
    ...helmPort(place, helm),
    ...databasePort(place),
    ...switchoverPort(place),
    ...failoverPort(place),
    ...backupPort(place),
    ...activityPort(place),
    ...adoptionPort(place),
    ...leasePort(place),
    ...subChartPort(place),
  });
}
