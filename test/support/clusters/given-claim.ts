// A release whose writer was given its claim (`primary.persistence.existingClaim`): any other, with that claim's name.
import {objectNames} from '../../../source/chart/names.ts';
import type {Snapshot} from '../../../source/observation/snapshot.ts';

/** The claim that a StatefulSet makes for the writer, and the one that is given instead. */
export const madeClaim = 'data-orders-postgresql-primary-0';
export const givenClaim = 'shop-data';

export function withGivenClaim(snapshot: Snapshot): Snapshot {
  const renamed = withGivenName(snapshot, snapshot);
  const {target} = renamed;
  return {...renamed, target: {...target, given: {...target.given, claim: givenClaim}}};
}

/** What was seen of the snapshot, with the name of the given claim. */
export function withGivenName<Seen>(seen: Seen, {target}: Snapshot): Seen {
  return JSON.parse(JSON.stringify(seen).replaceAll(objectNames(target).writerClaim, givenClaim)) as Seen;
}
