// What an adoption asks of the cluster and the database.
import {databaseContainer} from '../../chart/names.ts';
import {readCredentials} from '../../cluster/credentials.ts';
import {noteNames} from '../../cluster/own-secret.ts';
import {paths} from '../../cluster/paths.ts';
import {keepSecrets} from '../../cluster/keep-secrets.ts';
import type {AdoptionPort} from '../../operations/ports/adoption.ts';
import {readContainerEnvironment} from '../../postgres/container-environment.ts';
import {askSettings} from '../../postgres/required-settings.ts';
import {letReadersIn, makeReplicationRole} from '../../postgres/replication.ts';
import type {AdapterContext} from './context.ts';

export function adoptionPort({connection: {api}, target, names, exec, writer}: AdapterContext): AdoptionPort {
  const {namespace} = target;
  return {
    recordApplied: null,
    writerEnvironment: () => readContainerEnvironment(exec, writer.pod, databaseContainer),
    writerSettings: (admin) => askSettings({...writer, password: async () => admin}),
    keepSecrets: (asked) => keepSecrets(api, namespace, asked),
    async labelWriterPod(labels) {
      await api.patch(`${paths.pods(namespace)}/${writer.pod}`, {metadata: {labels}});
    },
    noteNames: () => noteNames(api, target, names.secret),
    async makeReplicationRole() {
      const found = await readCredentials(api, target);
      if (found?.credentials) await makeReplicationRole(writer, found.credentials.replication);
    },
    letReadersIn: () => letReadersIn(writer),
  };
}
