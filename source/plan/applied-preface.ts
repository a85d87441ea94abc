// What is told about adopting something that kubectl applied, before anything changes.
import {helm} from '../observation/checks/messages.ts';
import type {Target} from '../observation/snapshot.ts';
import type {ChangeConsequence} from './change-facts.ts';

/** Whoever applied the files may do so again, and helm does not stop them. */
const appliedAgain =
  'Whoever applies the files of before again, a pipeline say, takes this back in part, and the writer restarts by ' +
  'it: end that first.';

export function recordedFirst({release}: Target): ChangeConsequence {
  return {
    code: 'OWNERSHIP_CHANGE',
    object: `Release/${release}`,
    sentence: `Helm gets a record of ${release} as it stands; kubectl applied it, and helm had none. ${appliedAgain}`,
  };
}

/** The record is of all objects as they are. Secrets are not in it: helm leaves them. */
export function appliedWayBack(target: Target): ChangeConsequence {
  return {
    code: 'OWNERSHIP_CHANGE',
    object: `Release/${target.release}`,
    sentence:
      `The way back, until a disk has grown: ${helm(target, 'rollback', target.release, '1')}. ` +
      'It restarts the writer.',
  };
}
