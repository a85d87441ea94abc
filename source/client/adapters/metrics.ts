// The exporter's role, its password and what it says.
import {databaseContainer} from '../../chart/names.ts';
import {randomBytes} from 'node:crypto';
import {openPodStream} from '../../cluster/exec.ts';
import {exporterIsUp} from '../../cluster/exporter.ts';
import {deleteMetricsPassword, readMetricsPassword, writeMetricsPassword} from '../../cluster/metrics-password.ts';
import type {MetricsPort} from '../../operations/ports/metrics.ts';
import {generatePassword} from '../../parameters/password.ts';
import {giveExporterPassword} from '../../postgres/exporter-password.ts';
import {dropMetricsRole, makeMetricsRole} from '../../postgres/metrics-role.ts';
import type {AdapterContext} from './context.ts';

/** The exporter's port. Chart 16.7.26, values.yaml, metrics.containerPorts. */
const exporterPort = 9187;

export function metricsPort({connection, target, names: {secret}, writer, exec}: AdapterContext): MetricsPort {
  const {api} = connection;
  const {namespace} = target;
  return {
    writeMetricsPassword: () =>
      writeMetricsPassword(
        api,
        target,
        secret,
        generatePassword((count) => randomBytes(count)),
      ),
    async makeMetricsRole() {
      const password = await readMetricsPassword(api, namespace, secret);
      if (password !== null) await makeMetricsRole(writer, password);
    },
    async dropMetricsRole() {
      await dropMetricsRole(writer);
      await deleteMetricsPassword(api, namespace, secret);
    },
    async giveExporterPassword(pod) {
      const password = await readMetricsPassword(api, namespace, secret).catch(() => null);
      return password !== null && (await giveExporterPassword({exec, pod, container: databaseContainer}, password));
    },
    async askExporter(pod) {
      const isUp = await exporterIsUp(() => openPodStream(connection, namespace, pod, exporterPort));
      return isUp === null ? 'unknown' : isUp ? 'reads' : 'does not read';
    },
  };
}
