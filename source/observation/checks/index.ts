// All checks, in the order in which their findings are reported.
import type {Cause, Warning} from '../../core/cause.ts';
import type {Survey} from '../survey.ts';
import {backup} from './backup.ts';
import {certificate} from './certificate.ts';
import {claimsElsewhere} from './claims-elsewhere.ts';
import {collisions} from './collisions.ts';
import {existingRelease} from './existing-release.ts';
import {exposure} from './exposure.ts';
import {images} from './images.ts';
import {leftoverVolume} from './leftover-volume.ts';
import {limitRange} from './limit-range.ts';
import {memory, settingsRoom} from './memory.ts';
import {names} from './names.ts';
import {namespace} from './namespace.ts';
import {network} from './network.ts';
import {permissions} from './permissions.ts';
import {quota} from './quota.ts';
import {room} from './room.ts';
import type {CheckRule, InstallContext} from './rule.ts';
import {serviceMonitor} from './service-monitor.ts';
import {storageClass} from './storage-class.ts';
import {volumeGoing} from './volume-going.ts';

export type {Finding, CheckContext} from './rule.ts';

/**
 * First what is asked, then what is allowed, what exists already, and what the cluster offers: an earlier refusal
 * explains a later one.
 */
const rules: readonly CheckRule<InstallContext>[] = [
  settingsRoom,
  names,
  namespace,
  permissions,
  existingRelease,
  collisions,
  leftoverVolume,
  claimsElsewhere,
  volumeGoing,
  storageClass,
  backup,
  room,
  quota,
  limitRange,
  images,
  certificate,
  serviceMonitor,
  memory,
  exposure,
  network,
];

export function runChecks(
  survey: Survey,
  desired: InstallContext,
): {readonly refusals: readonly Cause[]; readonly warnings: readonly Warning[]} {
  const findings = rules.flatMap((rule) => rule(survey, desired));
  return {
    refusals: findings.flatMap((finding) => (finding.severity === 'refuse' ? [finding.cause] : [])),
    warnings: findings.flatMap((finding) => (finding.severity === 'warn' ? [finding.warning] : [])),
  };
}
