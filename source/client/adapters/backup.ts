// Backups, and the pods that make, prove and restore them.
import {
  backupLog,
  createRestore,
  deleteRestore,
  endProof,
  listBackups,
  noteBackups,
  readRestoreJob,
  startBackup,
  startProof,
  startRestore,
} from '../../cluster/backup-pods.ts';
import {askHalfRestored} from '../../postgres/half-restored.ts';
import type {BackupPort} from '../../operations/ports/backup.ts';
import type {AdapterContext} from './context.ts';

export function backupPort({connection: {api}, target, writer}: AdapterContext): BackupPort {
  return {
    listBackups: (runtime, signal) => listBackups(api, target, runtime, signal),
    startBackup: (job) => startBackup(api, target, job),
    startProof: (desired, signal) => startProof(api, target, desired, signal),
    endProof: () => endProof(api, target),
    noteBackups: (note) => noteBackups(api, target, note),
    restoreJob: () => readRestoreJob(api, target),
    halfRestored: () => askHalfRestored(writer),
    createRestore: (desired) => createRestore(api, target, desired),
    startRestore: () => startRestore(api, target),
    deleteRestore: (signal) => deleteRestore(api, target, signal),
    backupLog: (pod) => backupLog(api, target.namespace, pod),
  };
}
