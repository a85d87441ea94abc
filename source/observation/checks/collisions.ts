// Whether somebody else has the names that this release would give.
import {helmAnnotations} from '../../chart/tool-annotations.ts';
import {labelKeys, type Naming, objectNames} from '../../chart/names.ts';
import {secretKeysOf} from '../../chart/secret-keys.ts';
import type {Metadata, ObjectMetadata} from '../kubernetes.ts';
import type {Survey} from '../survey.ts';
import {refuse, type CheckRule, type Finding, type CheckContext} from './rule.ts';
import {kubectlHere} from '../../commands/kubectl.ts';
import {anotherName, listed, object} from './messages.ts';

const {releaseName, releaseNamespace} = helmAnnotations;

export const collisions: CheckRule = (survey, desired) => [
  ...survey.sameNames.flatMap((found) => collision(found, desired)),
  ...secretCollision(survey, desired),
];

function collision({kind, metadata}: ObjectMetadata, {target}: CheckContext): readonly Finding[] {
  const {annotations = {}, name} = metadata;
  const ours =
    annotations[releaseName] === target.release &&
    (annotations[releaseNamespace] ?? target.namespace) === target.namespace;
  const reference = `${kind.toLowerCase()}/${name}`;
  if (metadata.deletionTimestamp !== undefined) {
    // helm would take the object over while it is being deleted: a load balancer's Service can take a minute for that.
    return [
      refuse(
        'NAME_COLLISION',
        `${kind} ${name} is still being deleted. A release that takes its name now would lose it.`,
        {
          object: object(kind, target, name),
          firstSeen: metadata.deletionTimestamp,
          remedies: [
            {
              title: 'Wait until it is gone, then install again',
              command: kubectlHere(target, 'wait', '--for=delete', reference, '--timeout=5m'),
            },
          ],
        },
      ),
    ];
  }
  if (ours) return [];
  return [
    refuse(
      'NAME_COLLISION',
      `${kind} ${name} exists already and belongs to ${ownerOf(metadata)}. Release ${target.release} would need ` +
        'the same name.',
      {
        object: object(kind, target, name),
        remedies: [
          anotherName,
          {title: 'Look at what is there', command: kubectlHere(target, 'get', reference, '-o', 'yaml')},
        ],
      },
    ),
  ];
}

function ownerOf({annotations = {}, labels = {}, ownerReferences = []}: Metadata): string {
  const release = annotations[releaseName];
  if (release !== undefined)
    return `the helm release ${[annotations[releaseNamespace], release].filter(Boolean).join('/')}`;
  const [owner] = ownerReferences;
  if (owner !== undefined) return `${owner.kind} ${owner.name}`;
  const manager = labels[labelKeys.managedBy];
  const instance = labels[labelKeys.instance];
  if (manager !== undefined) return `${manager}${instance === undefined ? '' : ` (instance ${instance})`}`;
  return instance === undefined ? 'no helm release' : `instance ${instance}, not to a helm release`;
}

/**
 * A platform team may have made the Secret; then it must be complete and hold the password that was given, because we
 * do not write into it.
 */
function secretCollision({secret, release}: Survey, {target}: CheckContext): readonly Finding[] {
  if (secret === null || secret.ours) return [];
  // For a release that exists, missing keys are restored instead: see operations/passwords/recovered-passwords.ts.
  const missing = release.revisions.length > 0 ? [] : missingKeys(secret.keys, target);
  const about = {object: object('Secret', target, objectNames(target).secret)};
  if (missing.length > 0) {
    return [
      refuse(
        'NAME_COLLISION',
        `Secret ${secret.name} exists, is not of pg-helm-install, and lacks ${listed(missing)}. It is where the ` +
          `passwords of ${target.release} have to be.`,
        {
          ...about,
          remedies: [anotherName, {title: `Add ${listed(missing)} to the Secret, when it is meant for this database.`}],
        },
      ),
    ];
  }
  if (secret.passwordMatches !== false) return [];
  return [
    refuse(
      'NAME_COLLISION',
      `Secret ${secret.name} exists, is not of pg-helm-install, and holds another password than the one given. ` +
        'It is not overwritten.',
      {
        ...about,
        remedies: [{title: 'Give no password: the one in the Secret is used.'}, anotherName],
      },
    ),
  ];
}

/** Keys that the credentials Secret must have and has not. */
export function missingKeys(keys: readonly string[], naming: Naming): readonly string[] {
  return [...new Set(Object.values(secretKeysOf(naming)))].filter((key) => !keys.includes(key));
}
