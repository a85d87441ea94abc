// The chart's CronJob with a command of ours. None of its paths is the installer's alone: a release may have the
// chart's own backups by --values. Ours are recognised by the first line of the command; any other value is left to the
// extra values, see ../shared.ts. Source: chart 16.7.26, templates/backup/.
import {backup as descriptor, type Backup} from '../../parameters/descriptors/backup.ts';
import {nowhere} from '../../parameters/place.ts';
import {backupCommand, keptBy} from '../backup/scripts.ts';
import {at, textAt, type Values} from '../tree.ts';
import {mainFlag, owned, type ChartParameter} from './chart-parameter.ts';
import {cpuLimitsOf, cpuOfDump} from './cpu-limit.ts';

const flag = mainFlag(descriptor);
const job = 'backup.cronjob';
/** The paths that `read` reads. */
const ownPaths = owned(flag, 'backup.enabled', `${job}.schedule`, `${job}.command`, `${job}.storage.size`);
/** With other values at these paths it would be another kind of backup, or nothing would be kept. */
const needed = owned(
  flag,
  ...['concurrencyPolicy', 'restartPolicy', 'timeZone'].map((key) => `${job}.${key}`),
  ...['enabled', 'existingClaim', 'mountPath', 'subPath', 'resourcePolicy'].map((key) => `${job}.storage.${key}`),
);

export const backup: ChartParameter<Backup> = {
  owns: [],
  shares: owned(flag, 'backup'),
  ownsIn: (values) => (isOwn(values) ? ownPaths : []),
  excludes: ({schedule}) => (schedule === null ? [] : [...ownPaths, ...needed]),
  write: ({schedule, size, keep}, {fullname}, all) => {
    if (schedule === null) return {};
    const {username, database, storageClass, serviceMesh} = all;
    const {request, limits} = cpuOfDump(cpuLimitsOf(all)[0] ?? null);
    return {
      backup: {
        enabled: true,
        cronjob: {
          schedule,
          timeZone: 'Etc/UTC',
          concurrencyPolicy: 'Forbid',
          // Kubernetes keeps the log of a pod that failed only where it is not started again in its place.
          restartPolicy: 'Never',
          failedJobsHistoryLimit: 3,
          command: backupCommand({keep, fullname, username, database, mesh: serviceMesh}),
          resources: {requests: {cpu: request, memory: '128Mi'}, limits: {memory: '512Mi', ...limits}},
          storage: {size, resourcePolicy: 'keep', ...(storageClass === null ? {} : {storageClass})},
        },
      },
    };
  },
  read: (values) => {
    const cronJob = at(values, ['backup', 'cronjob']);
    const [schedule, size] = [textAt(cronJob, ['schedule']), textAt(cronJob, ['storage', 'size'])];
    const keep = keptBy(at(cronJob, ['command']));
    if (!isOwn(values) || keep === null || schedule === undefined || size === undefined) return none;
    return {schedule, size, keep};
  },
};

/** What the descriptor makes of no answer. */
const none = descriptor.resolve(undefined, {}, nowhere);

function isOwn(values: Values): boolean {
  return at(values, ['backup', 'enabled']) === true && keptBy(at(values, ['backup', 'cronjob', 'command'])) !== null;
}
