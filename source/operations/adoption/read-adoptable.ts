// A release that plain helm made, read from what runs: its parameters, and its passwords, each proven by a login.
import {withSettingsOf} from '../../chart/adopted-values.ts';
import {loginsIn, type Logins} from '../../chart/container-environment.ts';
import {objectNames, replicationUser} from '../../chart/names.ts';
import type {RunningSettings} from '../../chart/required-settings.ts';
import {releaseRef} from '../../commands/operation.ts';
import {propose} from '../../commands/command-line.ts';
import {cause, UserError, type Cause} from '../../core/cause.ts';
import {missingKeys} from '../../observation/checks/collisions.ts';
import {listed, object} from '../../observation/checks/messages.ts';
import {viewOf} from '../../observation/release-view.ts';
import type {Snapshot, Target} from '../../observation/snapshot.ts';
import type {Parameters} from '../../parameters/parameters.ts';
import {generatePassword} from '../../parameters/password.ts';
import {adoptable, adoptionRefusal, type AdoptionAsked} from '../../plan/adoption.ts';
import type {AdoptionPort} from '../ports/adoption.ts';
import type {DatabasePort} from '../ports/database.ts';
import type {HelmPort} from '../ports/helm.ts';
import type {Passwords, SecretPort} from '../ports/secret.ts';
import type {Adoption} from '../steps/adoption-steps.ts';

export interface ReadAdoptable {
  readonly parameters: Parameters;
  readonly adoption: Adoption;
}

/**
 * Changes nothing.
 * @param random that many bytes of a cryptographic source, for the password of readers that are not there yet
 * @throws UserError NOT_ADOPTABLE, PASSWORD_MISMATCH and others, with what stands in the way
 */
export async function readAdoptable(
  before: Snapshot,
  asked: AdoptionAsked,
  ports: AdoptionPort & DatabasePort & HelmPort & SecretPort,
  random: (count: number) => Uint8Array,
): Promise<ReadAdoptable> {
  const refusal = adoptionRefusal(before) ?? givenSecretProblem(before);
  if (refusal) throw new UserError(refusal);
  const {target} = before;
  const isGiven = target.given?.secret !== undefined;
  const [environment, manifest, stored] = await Promise.all([
    ports.writerEnvironment(),
    ports.manifest(),
    ports.storedPasswords(),
  ]);
  if ('failure' in environment) throw new UserError(notAsked(target, environment.failure));
  const logins = loginsIn(environment);
  const {admin, user} = await provenPasswords(logins, target, ports);
  if (isOfAnother(stored, {admin, user})) throw new UserError(isGiven ? givenDiffers(target) : taken(target));
  const found = adoptable(before, manifest, {username: logins.username, database: logins.database}, asked);
  if ('code' in found) throw new UserError(found);
  // Readers will be started with the password that the operator's Secret has.
  const known = (isGiven ? stored?.replication : undefined) ?? knownReplication(logins, stored);
  const replication = known ?? generatePassword(random);
  const passwords: Passwords = {admin, user, replication};
  const hasRecord = ports.recordApplied === null;
  const secrets = secretsThatStay(found.secrets, target, hasRecord);
  const parameters = await withRunningSettings(found.parameters, before, () => ports.writerSettings(admin));
  return {parameters, adoption: {passwords, secrets, keepsSecret: isGiven, hasRecord}};
}

/** Readers that are there have settings of their own, with which they follow their writer. */
async function withRunningSettings(
  parameters: Parameters,
  before: Snapshot,
  ask: () => Promise<RunningSettings | null>,
): Promise<Parameters> {
  const running = viewOf(before).desiredReaders > 0 ? null : await ask();
  return running ? withSettingsOf(running, parameters, before.target) : parameters;
}

/**
 * The record that helm gets of what kubectl applied holds no Secret; the chart's own Secret is named after the
 * fullname.
 */
function secretsThatStay(
  recorded: readonly string[],
  {given, fullname}: Target,
  hasRecord: boolean,
): readonly string[] {
  if (hasRecord) return recorded;
  return given?.secret === undefined ? [fullname] : [];
}

/** Why the Secret that was given cannot be the release's from now on; null: it can, or none was given. */
export function givenSecretProblem({target, secret}: Snapshot): Cause | null {
  const {given: {secret: given} = {}, release} = target;
  if (!given) return null;
  const problem = (why: string, title: string): Cause =>
    cause('NOT_ADOPTABLE', `${release} cannot be adopted: ${why}. Nothing was changed.`, {
      object: object('Secret', target, given.name),
      remedies: [{title: `${title}; then run the same command again`}],
    });
  if (!secret) return problem(`its Secret ${given.name} is not there, or may not be read`, 'Put it back');
  const {ofRelease = null, heldBy = null} = secret;
  if (ofRelease !== null && ofRelease !== release)
    return problem(
      `its Secret ${given.name} is the one of ${ofRelease} too, and new passwords of the one would keep the other out`,
      'Give it a Secret of its own by helm upgrade (auth.existingSecret)',
    );
  const missing = missingKeys(secret.keys, target);
  if (missing.length === 0 || heldBy === null) return null;
  return problem(
    `its Secret ${given.name} lacks ${listed(missing)}, and ${heldBy}, so that what is added here would not last`,
    `Add ${listed(missing)} where it is made: any password of 12 signs or more will do for readers that are to come`,
  );
}

function givenDiffers(target: Target): Cause {
  const {secret} = objectNames(target);
  return cause(
    'PASSWORD_MISMATCH',
    `The Secret ${secret} has other passwords than the database takes: its pods were started before it changed. ` +
      'Nothing was changed.',
    {
      object: object('Secret', target, secret),
      remedies: [{title: 'Put those in force into it, or give the database those that it has (ALTER ROLE, with psql)'}],
    },
  );
}

function isOfAnother(stored: Partial<Passwords> | null, {admin, user}: Pick<Passwords, 'admin' | 'user'>): boolean {
  return (stored?.admin ?? admin) !== admin || (stored?.user ?? user) !== user;
}

/** The password that readers stream with now, or that an interrupted run generated. */
function knownReplication({replication}: Logins, stored: Partial<Passwords> | null): string | undefined {
  return replication?.username === replicationUser ? replication.password : stored?.replication;
}

/** What the container was started with. @throws UserError where it could not be asked, and as provenPasswords does */
export async function provenLogins(target: Target, ports: AdoptionPort & DatabasePort): Promise<Logins> {
  const environment = await ports.writerEnvironment();
  if ('failure' in environment) throw new UserError(notAsked(target, environment.failure));
  const logins = loginsIn(environment);
  return {...logins, ...(await provenPasswords(logins, target, ports))};
}

/** @throws UserError where the container has no password, or the database does not take the one that it has */
async function provenPasswords(
  {username, admin, user}: Logins,
  target: Target,
  database: DatabasePort,
): Promise<Pick<Passwords, 'admin' | 'user'>> {
  if (admin === undefined || user === undefined)
    throw new UserError(noPassword(target, admin === undefined ? 'postgres' : username));
  const logins = [
    {username: 'postgres', password: admin},
    {username, password: user},
  ];
  const answers = await Promise.all(logins.map((login) => database.tryLogin(login)));
  const failed = answers.findIndex(({is}) => is !== 'right');
  if (failed < 0) return {admin, user};
  const {is, text} = answers[failed] ?? {is: 'unknown', text: ''};
  const who = logins[failed]?.username ?? '';
  throw new UserError(is === 'wrong' ? mismatch(target, who, text) : notAsked(target, text));
}

function noPassword(target: Target, username: string): Cause {
  return cause(
    'NOT_ADOPTABLE',
    `${target.release} cannot be adopted: its container was started without a password of ${username}, and nothing ` +
      'else could make a role for its readers. Nothing was changed.',
    {
      object: writerOf(target),
      remedies: [{title: 'Give it one by helm upgrade (auth.enablePostgresUser, auth.postgresPassword) first'}],
    },
  );
}

function mismatch(target: Target, username: string, text: string): Cause {
  return cause(
    'PASSWORD_MISMATCH',
    `The database of ${target.release} does not take the password of ${username} that its container was started ` +
      'with: it was changed in the database alone. Nothing was changed.',
    {
      object: writerOf(target),
      evidence: [text],
      remedies: [
        {
          title:
            `Give ${username} the password that the Secret has, with psql: ALTER ROLE ${username} PASSWORD '…'; or ` +
            'put the one in force into the Secret and restart the pod',
        },
      ],
    },
  );
}

function notAsked(target: Target, text: string): Cause {
  return cause('ENDPOINT_UNPROVEN', `The database of ${target.release} could not be asked. Nothing was changed.`, {
    object: writerOf(target),
    evidence: [text],
    remedies: [propose('See what is wrong', {kind: 'doctor', ...releaseRef(target)})],
  });
}

function taken(target: Target): Cause {
  const {secret} = objectNames(target);
  return cause(
    'NAME_COLLISION',
    `The Secret ${secret} is there already, with other passwords than the database takes. Nothing was changed.`,
    {
      object: object('Secret', target, secret),
      remedies: [{title: 'Delete it, where nobody uses it; then run the same command again'}],
    },
  );
}

function writerOf(target: Target) {
  return object('Pod', target, `${objectNames(target).writer}-0`);
}
