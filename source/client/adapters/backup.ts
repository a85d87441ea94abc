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
import {translateApiError} from './api-errors.ts';

export function backupPort({connection: {api}, target, writer}: AdapterContext): BackupPort {
  return {
    listBackups: (runtime, signal) => translateApiError(listBackups(api, target, runtime, signal)),
    startBackup: (job) => translateApiError(startBackup(api, target, job)),
    startProof: (desired, signal) => translateApiError(startProof(api, target, desired, signal)),
    endProof: () => translateApiError(endProof(api, target)),
    noteBackups: (note) => translateApiError(noteBackups(api, target, note)),
    restoreJob: () => translateApiError(readRestoreJob(api, target)),
    halfRestored: () => askHalfRestored(writer),
    createRestore: (desired) => translateApiError(createRestore(api, target, desired)),
    startRestore: () => translateApiError(startRestore(api, target)),
    deleteRestore: (signal) => translateApiError(deleteRestore(api, target, signal)),
    backupLog: (pod) => backupLog(api, target.namespace, pod),
  };
}
