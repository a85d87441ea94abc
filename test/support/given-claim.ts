// A release whose writer was given its claim (`primary.persistence.existingClaim`): any other, with that claim's name.
import type {Snapshot} from '../../source/observation/snapshot.ts';

/** The claim that a StatefulSet makes for the writer, and the one that is given instead. */
export const madeClaim = 'data-orders-postgresql-primary-0';
export const givenClaim = 'shop-data';

export function withGivenClaim(snapshot: Snapshot): Snapshot {
  const renamed = JSON.parse(withGivenName(JSON.stringify(snapshot))) as Snapshot;
  const {target} = renamed;
  return {...renamed, target: {...target, given: {...target.given, claim: givenClaim}}};
}

export function withGivenName(text: string): string {
  return text.replaceAll(madeClaim, givenClaim);
}
