// When the time without a writer ends: as soon as a commit is acknowledged, which may be later than the first answer.
import {expect, test} from 'vitest';
import {waitForAnswer, type WriterAnswer} from '../../../source/operations/role/perform-switchover.ts';
import type {Ports} from '../../../source/operations/ports/index.ts';
import type {ServerFacts} from '../../../source/plan/switchover.ts';

const facts = {timeline: 2, isReader: false, isSynchronous: false, settings: {}, slots: []};

/** Each call of `serverFacts` gives the next answer; the last one stays. `commits`: after how long, or never. */
function asked(answers: readonly (ServerFacts | null)[], commitsAfterMs: number | null) {
  let time = 1000;
  const said = [...answers];
  const events: string[] = [];
  const ports = {
    target: {context: 'lab', namespace: 'team-a', release: 'orders', fullname: 'orders-postgresql'},
    now: () => (time += 10),
    serverFacts: async () => (said.length > 1 ? said.shift() : said[0]) ?? null,
    commits: async (_pod: string, withinMs: number) => {
      events.push('commit');
      time += Math.min(withinMs, commitsAfterMs ?? Infinity);
      return commitsAfterMs !== null && commitsAfterMs <= withinMs;
    },
  } as unknown as Ports;
  const run: WriterAnswer = {answeredAt: null, timelineAfter: null};
  const done = waitForAnswer(ports, run, async () => {
    events.push('begin');
  });
  return {run, events, done};
}

test.each([
  ['no answer before it', [null, {...facts, isReader: true}, facts], null, ['begin'], true],
  ['a reader that has the commit late', [{...facts, isSynchronous: true}], 3000, ['begin', 'commit'], true],
  ['no reader that has the commit', [{...facts, isSynchronous: true}], null, ['begin', 'commit'], false],
] as const)('%s', async (_name, answers, commitsAfterMs, events, isSeen) => {
  const {run, events: seen, done} = asked(answers, commitsAfterMs);
  await done;
  expect(seen).toEqual(events);
  expect(run.timelineAfter).toBe(2);
  expect(run.answeredAt !== null).toBe(isSeen);
  if (commitsAfterMs !== null) expect(run.answeredAt).toBeGreaterThan(1000 + commitsAfterMs);
});
