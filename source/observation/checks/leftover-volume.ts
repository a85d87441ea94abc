// Whether an earlier release left volumes behind that this one would take, and whether their password is still known.
import type {Remedy} from '../../core/cause.ts';
import {objectNames} from '../../chart/names.ts';
import {secretKeysOf} from '../../chart/secret-keys.ts';
import {compareQuantities} from '../../parameters/quantity.ts';
import {diskSizesOf} from '../../parameters/readers.ts';
import type {PersistentVolumeClaim} from '../kubernetes.ts';
import {desiredSize} from '../storage.ts';
import type {Survey} from '../survey.ts';
import {missingKeys} from './collisions.ts';
import {releaseExists} from './existing-release.ts';
import {takenClaims} from './claims.ts';
import {refuse, warn, type CheckRule, type Finding, type CheckContext, type InstallContext} from './rule.ts';
import {kubectlHere} from '../../commands/kubectl.ts';
import {anotherName, counted, listed, object} from './messages.ts';

/**
 * The database keeps the passwords that are on its volume, whatever the Secret says: the image sets them on an empty
 * data folder alone (bitnami/containers, postgresql_initialize in libpostgresql.sh).
 */
export const leftoverVolume: CheckRule<InstallContext> = (survey, desired) => {
  if (releaseExists(survey)) return [];
  const taken = takenClaims(survey, desired);
  if (taken === null) return unlistable(survey, desired);
  const {writer, readers} = taken;
  const all = writer === null ? readers : [writer, ...readers];
  const deleting = all.filter(({metadata}) => metadata.deletionTimestamp !== undefined);
  if (deleting.length > 0) return [stillBeingDeleted(deleting, desired)];
  if (all.length === 0) return [];
  if (writer === null) return [readersAlone(readers, desired)];
  const reason = whyUnknown(survey, desired);
  return [reason === null ? leftoverFinding(all, survey, desired) : passwordLost(all, reason, survey, desired)];
};

/** Null when the passwords of the data are in the Secret. */
function whyUnknown({secret}: Survey, {passwordGiven, target}: InstallContext): string | null {
  if (secret === null) return `the Secret ${objectNames(target).secret} with its passwords is gone`;
  const missing = missingKeys(secret.keys, target);
  if (missing.length > 0) return `the Secret ${secret.name} with its passwords lacks ${listed(missing)}`;
  return passwordGiven && secret.passwordMatches !== true
    ? `the password given is not the one in Secret ${secret.name}`
    : null;
}

function leftoverFinding(claims: readonly PersistentVolumeClaim[], {secret}: Survey, desired: CheckContext): Finding {
  const sizes = diskSizesOf(desired.parameters);
  const {storageSize} = desired.parameters;
  const others = claims.filter((claim) => compareQuantities(sizeOf(claim), desiredSize(desired, claim, sizes)) !== 0);
  const size =
    others.length === 0
      ? ''
      : ` Their size stays: --storage-size ${storageSize} is ignored for ${listed(others.map(described))}.`;
  const names = others.length === claims.length ? listed(claims.map(nameOf)) : listed(claims.map(described));
  return warn(
    'LEFTOVER_VOLUMES',
    `An earlier release left ${counted(claims.length, 'volume')}: ${names}. The data on it will be used, with ` +
      `its users, databases and the passwords in Secret ${secret?.name ?? ''}.${size}`,
  );
}

function passwordLost(
  claims: readonly PersistentVolumeClaim[],
  reason: string,
  {secret}: Survey,
  desired: CheckContext,
): Finding {
  const complete = secret !== null && missingKeys(secret.keys, desired.target).length === 0;
  const name = objectNames(desired.target).secret;
  const first: Remedy = complete
    ? {title: 'Keep the data and its password: leave --password-file, --password-stdin and PGHI_PASSWORD away.'}
    : {
        title:
          `Keep the data, when you know its passwords: put them into a Secret ${name} with the keys ` +
          `${listed(Object.values(secretKeysOf(desired.target)))}, then install again without a password.`,
      };
  return refuse(
    'LEFTOVER_VOLUME',
    `An earlier release left data on ${listed(claims.map(described))}, and ${reason}. The database would not let ` +
      'anybody in.',
    {
      object: object('PersistentVolumeClaim', desired.target, claims[0] === undefined ? '' : nameOf(claims[0])),
      remedies: [first, anotherName, look(desired)],
    },
  );
}

/** A new writer has another system identifier: PostgreSQL would refuse such readers for ever. */
function readersAlone(claims: readonly PersistentVolumeClaim[], desired: CheckContext): Finding {
  return refuse(
    'LEFTOVER_VOLUME',
    `An earlier release left volumes of readers (${listed(claims.map(described))}), but not that of its writer. ` +
      'Readers with that data cannot follow a new writer.',
    {
      object: object('PersistentVolumeClaim', desired.target, claims[0] === undefined ? '' : nameOf(claims[0])),
      remedies: [
        anotherName,
        {
          title:
            'See which volumes are left: that of a reader may be the last copy of the data, and that of the ' +
            'writer may have been kept (Released)',
          command: kubectlHere(desired.target, 'get', 'pvc,pv'),
        },
      ],
    },
  );
}

function stillBeingDeleted(claims: readonly PersistentVolumeClaim[], {target}: CheckContext): Finding {
  const names = claims.map((claim) => `pvc/${nameOf(claim)}`);
  return refuse(
    'LEFTOVER_VOLUME',
    `${listed(claims.map(nameOf))} ${claims.length === 1 ? 'is' : 'are'} still being deleted. A pod that takes ` +
      'such a claim now would not start.',
    {
      object: object('PersistentVolumeClaim', target, claims[0] === undefined ? '' : nameOf(claims[0])),
      firstSeen: claims[0]?.metadata.deletionTimestamp ?? null,
      remedies: [
        {
          title: 'Wait until it is gone, then install again',
          command: kubectlHere(target, 'wait', '--for=delete', ...names, '--timeout=5m'),
        },
      ],
    },
  );
}

/** Overwriting a Secret whose data may still exist would lose the password. */
function unlistable({secret}: Survey, {target}: CheckContext): readonly Finding[] {
  if (secret === null) return [];
  const missing = missingKeys(secret.keys, target);
  if (missing.length > 0)
    return [
      refuse(
        'LEFTOVER_VOLUME',
        `Secret ${secret.name} lacks ${listed(missing)}, and whether data with its passwords exists is not ` +
          'known: this user may not list claims.',
        {
          object: object('Secret', target, secret.name),
          remedies: [
            {
              title: `Put ${listed(missing)} back, in base64`,
              command: kubectlHere(target, 'edit', 'secret', secret.name),
            },
            anotherName,
          ],
        },
      ),
    ];
  if (secret.passwordMatches !== false) return [];
  return [
    refuse(
      'LEFTOVER_VOLUME',
      `Secret ${secret.name} holds another password than the one given, and whether data with that password ` +
        'exists is not known: this user may not list claims.',
      {
        object: object('Secret', target, secret.name),
        remedies: [{title: 'Give no password: the one in the Secret is used.'}, anotherName],
      },
    ),
  ];
}

/** No command that deletes: these volumes may be the only copy. */
function look({target}: CheckContext): Remedy {
  return {
    title: 'See which volumes they are. Nothing here deletes them: they may be the only copy of the data',
    command: kubectlHere(target, 'get', 'pvc'),
  };
}

const nameOf = ({metadata}: PersistentVolumeClaim): string => metadata.name;
const sizeOf = ({spec, status}: PersistentVolumeClaim): string =>
  status?.capacity?.['storage'] ?? spec.resources?.requests?.['storage'] ?? '0';
const described = (claim: PersistentVolumeClaim): string => `${nameOf(claim)} (${sizeOf(claim)})`;
