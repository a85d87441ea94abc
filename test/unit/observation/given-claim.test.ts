// Whatever is seen of a release is seen as well where the writer's claim was given and has a name of its own.
import {expect, test} from 'vitest';
import {statusOf} from '../../../source/client/questions/status.ts';
import {findCauses} from '../../../source/observation/causes/index.ts';
import {viewOf} from '../../../source/observation/release-view.ts';
import {growingClaims} from '../../../source/observation/storage.ts';
import {tracksOf} from '../../../source/observation/tracks.ts';
import {podLines} from '../../../source/tui/screens/dashboard/pod-lines.ts';
import {givenClaim, madeClaim, withGivenClaim, withGivenName} from '../../support/clusters/given-claim.ts';
import {recorded, recordedNames} from './recorded.ts';

test.each(recordedNames)('%s', (name) => {
  const snapshot = recorded(name);
  const seenOf = (seen: typeof snapshot) => ({
    causes: findCauses(seen),
    tracks: tracksOf(seen),
    claims: viewOf(seen).claims,
  });
  expect(seenOf(withGivenClaim(snapshot))).toEqual(withGivenName(seenOf(snapshot), snapshot));
});

test('a claim that grows is waited for until its volume has grown', () => {
  const healthy = recorded('healthy');
  const {pods, target, claims} = withGivenClaim({
    ...healthy,
    claims: healthy.claims.map((claim) =>
      claim.metadata.name === madeClaim
        ? {...claim, spec: {...claim.spec, resources: {requests: {storage: '900Gi'}}}}
        : claim,
    ),
  });
  expect(growingClaims({pods, target}, claims).map(({metadata}) => metadata.name)).toEqual([givenClaim]);
});

test('the dashboard says how full it is', () => {
  const healthy = recorded('healthy');
  const volumes = [{claim: madeClaim, usedBytes: 3 * 1024 ** 2}];
  const seen = withGivenClaim({...healthy, database: [...healthy.database, {kind: 'usage', at: 0, volumes}]});
  const status = statusOf(seen);
  expect(status && podLines(status)[0]).toMatch(/3 MiB of /);
});
