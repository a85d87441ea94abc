// What is wrong with a release, or with the place where one is to go.
import type {Cause, Warning} from '../cause.ts';
import {fromValues} from '../chart/values.ts';
import {findCauses} from '../observation/causes/index.ts';
import {runChecks} from '../observation/checks/index.ts';
import type {Snapshot} from '../observation/snapshot.ts';
import {stateOf, type ReleaseStateWord} from '../observation/state.ts';
import type {Survey} from '../observation/survey.ts';
import {findWarnings} from '../observation/warnings.ts';
import {placeOf, resolve} from '../parameters/resolve.ts';

export interface Diagnosis {
  /** Null when there is no such release. */
  readonly state: ReleaseStateWord | null;
  readonly problems: readonly Cause[];
  readonly warnings: readonly Warning[];
}

export function diagnose(
  survey: Survey,
  snapshot: Snapshot,
  chart: {readonly source: string; readonly version: string},
): Diagnosis {
  const existing = survey.release.values ? fromValues(survey.release.values) : null;
  const parameters = existing ?? resolve({}, placeOf(survey));
  const {refusals, warnings} = runChecks(survey, {
    parameters,
    target: survey.target,
    explicit: new Set(),
    requireEncryption: false,
    passwordGiven: false,
    existing,
    chart,
  });
  const state = stateOf(snapshot);
  const causes = findCauses(snapshot).map((found) => found.cause);
  const known = new Set(causes.map(({code}) => code));
  const found = findWarnings(snapshot, existing);
  const said = new Set(found.map(({code}) => code));
  return {
    state,
    problems: [...causes, ...refusals.filter(({code}) => !known.has(code))],
    warnings: [...found, ...warnings.filter(({code}) => !said.has(code))],
  };
}
