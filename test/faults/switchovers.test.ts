// Ten switchovers in a row, there and back, under a client that writes all the time and a pool of 80 idle sessions: no
// acknowledged row is missing, in the writer and in each reader.
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {OperatedRelease} from '../support/clusters/operated-release.ts';
import {helm3, helm4} from '../support/paths.ts';
import {holdIdleSessions, type IdleSessions, type SteadyWriter} from '../support/clusters/steady-writer.ts';

const times = 10;
const idleSessions = 80;

describe.each([
  ['official images, helm 3', 'official', helm3],
  ['frozen images, helm 4', 'bitnamilegacy', helm4],
] as const)('%s', (name, source, helm) => {
  let release: OperatedRelease;
  let client: SteadyWriter;
  let idle: IdleSessions;
  beforeAll(async () => {
    release = await OperatedRelease.install('switchovers', ['--read-replicas', '2', '--image-source', source], {helm});
    client = await release.client();
    idle = holdIdleSessions(await release.server(), idleSessions);
  });
  afterAll(async () => {
    await idle.stop();
    await client.stop();
    await release.namespace.remove();
  });

  test('ten in a row lose no acknowledged row', async () => {
    const gaps: number[] = [];
    for (let round = 1; round <= times; round++) {
      await idle.allOpen();
      const {result, longestGapMs} = await client.during(() => release.done('switchover'));
      gaps.push(Math.round(longestGapMs));
      expect(result.switchover?.timeline).toEqual({before: round, after: round + 1});
      await release.expectAllRows(client);
    }
    const sorted = [...gaps].sort((a, b) => a - b);
    console.log(
      `${name}: ${times} switchovers, longest gap ${sorted[0]} to ${sorted.at(-1)} ms, median ${sorted[times / 2]}; ` +
        `${client.acknowledged().length} rows acknowledged, none missing (${gaps.join(' ')})`,
    );
  });
});
