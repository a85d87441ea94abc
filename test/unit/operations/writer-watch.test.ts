// For how long writes were out: from the last question that the earlier server answered on.
import {expect, it} from 'vitest';
import {WriterWatch} from '../../../source/operations/writer-watch.ts';

/** A server that says these in turn, and the last one for ever; each answer takes 10 ms of its clock. */
function server(...answers: readonly (string | null)[]) {
  let time = 1000;
  let asked = 0;
  return {
    now: () => time,
    async serverStart() {
      const answer = answers[Math.min(asked, answers.length - 1)] ?? null;
      asked += 1;
      time += 10;
      return answer;
    },
    asked: () => asked,
  };
}

it('is measured from the last sign of the earlier server to the first of the next', async () => {
  const ports = server('monday', 'monday', null, null, 'tuesday');
  const watch = new WriterWatch();
  await watch.begin(ports, 'writer-0');
  // Asked at 1000, 1010, 1020, 1030, 1040: the second question was the last that the earlier one answered.
  expect(await watch.end(900)).toEqual({afterMs: 110, forMs: 40});
});

it('of two restarts the longer one counts', async () => {
  const watch = new WriterWatch();
  await watch.begin(server('a', null, 'b'), 'writer-0');
  await watch.begin(server('b', null, null, null, 'c'), 'writer-0');
  expect(await watch.end(0)).toEqual({afterMs: 1000, forMs: 50});
});

it('where the server does not say since when it runs nobody waits for it', async () => {
  const ports = server(null);
  const watch = new WriterWatch();
  await watch.begin(ports, 'writer-0');
  expect(ports.asked()).toBe(1);
  expect(await watch.end(0)).toBeNull();
});

it('a writer that does not come back ends with the run', async () => {
  const watch = new WriterWatch();
  await watch.begin(server('a', null), 'writer-0');
  const began = performance.now();
  expect(await watch.end(0)).toBeNull();
  expect(performance.now() - began).toBeLessThan(5000);
});
