// What comes before helm when a release of plain helm becomes ours, and what is remembered of its database before
// anything restarts. Each step may be repeated.
import {missingKeys} from '../../observation/checks/collisions.ts';
import {proofOf} from '../../observation/release-view.ts';
import type {Step} from '../converge.ts';
import type {AdoptionPort} from '../ports/adoption.ts';
import type {Passwords} from '../ports/secret.ts';
import {rememberIdentifier} from '../remember-identifier.ts';
import {oncePerRun} from './once-per-run.ts';

export interface Adoption {
  /** The passwords in force, each proven by a login, and one for the readers. */
  readonly passwords: Passwords;
  /** Secrets of the chart that stay. */
  readonly secrets: readonly string[];
  /** Whether the operator's own Secret stays that of the release, which is then noted on it. */
  readonly keepsSecret: boolean;
  /** Whether helm has a record of the release; else it gets one. */
  readonly hasRecord: boolean;
}

export interface AdoptionSteps {
  /** Before helm. */
  readonly before: readonly Step<unknown>[];
  /** When helm has applied it, before a pod restarts. */
  readonly applied: readonly Step<unknown>[];
}

export const noAdoption: AdoptionSteps = {before: [], applied: []};

export function adoptionSteps({passwords, secrets, keepsSecret, hasRecord}: Adoption): AdoptionSteps {
  const secret: Step<unknown> = {
    name: 'secret',
    done: ({secret: found, target}) => missingKeys(found?.keys ?? [], target).length === 0,
    async run(ports) {
      await ports.writePasswords(passwords);
      return null;
    },
  };
  const keep = `helm leaves ${secrets.join(', ')}`;
  return {
    before: [
      ...(hasRecord ? [] : [record]),
      secret,
      ...(keepsSecret ? [once('names in the Secret', (ports) => ports.noteNames())] : []),
      once('role of the readers', (ports) => ports.makeReplicationRole()),
      ...(secrets.length === 0 ? [] : [once(keep, (ports) => ports.keepSecrets(secrets))]),
      once('rules for readers', (ports) => ports.letReadersIn()),
    ],
    applied: [sameDatabase],
  };
}

/** Comes first, so that all steps after it find a release of helm, in a later run that goes on too. */
const record: Step<unknown> = {
  name: 'record of helm',
  done: ({release}) => release.revisions.length > 0,
  async run(ports) {
    await ports.recordApplied?.();
    return null;
  },
};

/** A step whose effect no look can show, and which may be repeated. */
function once(name: string, run: (ports: AdoptionPort) => Promise<void>): Step<unknown> {
  return oncePerRun({
    name,
    async run(ports) {
      await run(ports);
      return null;
    },
  });
}

/** Remembers which database it is, because what a restart brings back is compared with it. */
const sameDatabase: Step<unknown> = {
  name: 'database remembered',
  shownAs: {track: 'writer', text: 'proven before anything restarts'},
  // Where the user may not ask for the identifier, there is none to remember, and no other database is recognised
  // either.
  done(snapshot) {
    const proof = proofOf(snapshot, 'writer');
    return Boolean(snapshot.secret?.systemIdentifier) || (proof !== null && !proof.result.systemIdentifier);
  },
  holdBack: (snapshot) => (proofOf(snapshot, 'writer') ? null : 'the writer is being proven'),
  async run(ports, _wanted, snapshot) {
    await rememberIdentifier(ports, snapshot);
    return null;
  },
};
