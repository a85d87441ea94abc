// The volume holds another password than the Secret.
import {kubectlHere} from '../../commands/kubectl.ts';
import {cause, type Cause, type Remedy} from '../../core/cause.ts';
import {releaseRef} from '../../commands/operation.ts';
import {propose} from '../../commands/command-line.ts';
import {componentLabels, instanceSelector, labelKeys, objectNames, replicationUser} from '../../chart/names.ts';
import {secretKeysOf} from '../../chart/secret-keys.ts';
import {clusterTime} from '../cluster-time.ts';
import {isBetweenPasswords, rotationPauses} from '../rotation.ts';
import type {EndpointFact, Snapshot} from '../snapshot.ts';
import {proofOf, viewOf} from '../release-view.ts';
import {isCurrent, momentOf, readerSaying} from './database-pods.ts';
import type {FoundCause} from './rule.ts';
import {capitalised} from '../../core/capitalised.ts';
import {evidence, nameOf, refTo} from './messages.ts';

export const readerRefused = new RegExp(`password authentication failed for user "${replicationUser}"`);

/**
 * Certain: a password is read from the Secret only while a database is made; on a volume that has one it is ignored.
 */
export function passwordMismatch(snapshot: Snapshot): FoundCause | null {
  const found = writerRefuses(snapshot) ?? readerIsRefused(snapshot);
  return found && isBetweenPasswords(snapshot) ? whileTheyChange(snapshot, found) : found;
}

/** The new passwords are in the Secret too: nothing is lost, and whoever continues the rotation ends the mismatch. */
function whileTheyChange(snapshot: Snapshot, {cause: {message, evidence: words, firstSeen}}: FoundCause): FoundCause {
  const pauses = rotationPauses(snapshot);
  const isAtWork = snapshot.operation?.kind === 'rotate-password' && snapshot.operation.holderIsAlive;
  return {
    certain: !isAtWork,
    cause: {
      ...pauses,
      code: 'PASSWORD_MISMATCH',
      message: `${message.split(': ')[0]}, because its passwords are being changed. ${pauses.message}`,
      firstSeen,
      evidence: words,
    },
  };
}

function writerRefuses(snapshot: Snapshot): FoundCause | null {
  const {writerPod} = viewOf(snapshot);
  // An answer from before the pod was made came from another server.
  const since = momentOf(writerPod?.metadata.creationTimestamp);
  for (const fact of snapshot.database) {
    const text = refusalOf(fact);
    if (text === null || fact.kind !== 'endpoint' || !writerPod || clusterTime(fact.at, snapshot) < since) continue;
    const names = objectNames(snapshot.target);
    const message =
      `The ${fact.role} refuses the password of the Secret ${names.secret}: the database on the volume ` +
      `${names.writerClaim} has another one. It was changed there (ALTER ROLE) or in the Secret, or the database ` +
      'was made with another one, or only in part. The data is untouched.';
    const certain = clusterTime(fact.at, snapshot) >= momentOf(snapshot.operation?.startedAt) - 1000;
    return {certain, cause: mismatch(snapshot, message, names.secret, new Date(fact.at).toISOString(), [text])};
  }
  return null;
}

function refusalOf(fact: Snapshot['database'][number]): string | null {
  if (fact.kind !== 'endpoint') return null;
  const {result}: EndpointFact = fact;
  return !result.answered && result.reason === 'password' ? result.text : null;
}

function readerIsRefused(snapshot: Snapshot): FoundCause | null {
  const reader = readerSaying(snapshot, readerRefused);
  // The writer says the same when the role does not exist or may not log in.
  if (!reader || proofOf(snapshot, 'writer')?.result.mayReplicate === false) return null;
  const {secret} = objectNames(snapshot.target);
  const message =
    `${capitalised(nameOf(reader))} cannot stream: the writer refuses the password of ${replicationUser} that the ` +
    `Secret ${secret} has (key ${secretKeysOf(snapshot.target).replication}). ` +
    'What the reader answers gets older until it can.';
  return {certain: isCurrent(snapshot, reader), cause: mismatch(snapshot, message, secret, null, [reader.line])};
}

function mismatch(
  snapshot: Snapshot,
  message: string,
  secret: string,
  firstSeen: string | null,
  words: readonly string[],
): Cause {
  const {release} = snapshot.target;
  const keys = Object.values(secretKeysOf(snapshot.target));
  const remedies: Remedy[] = [
    propose(
      'Where the Secret was changed just now: the pods have the earlier passwords as files for about a minute. ' +
        'Restore what a login proves of them',
      {kind: 'recover', ...releaseRef(snapshot.target)},
    ),
    {
      title: `Or put the passwords that the database has (base64) into the Secret: keys ${keys.join(', ')}`,
      command: kubectlHere(snapshot.target, 'edit', 'secret', secret),
    },
    {
      title: 'Then start the readers again, so that they read the new file',
      command: kubectlHere(
        snapshot.target,
        'delete',
        'pod',
        '-l',
        `${instanceSelector(release)},${labelKeys.component}=${componentLabels.reader}`,
      ),
    },
    {
      title:
        'Or, if these passwords are lost for good: install a release under another name. The volumes of ' +
        'this one stay, and its data with them',
    },
  ];
  return cause('PASSWORD_MISMATCH', message, {
    object: refTo('Secret', {name: secret}, snapshot),
    firstSeen,
    evidence: evidence(...words),
    remedies,
  });
}
