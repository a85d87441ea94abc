// What the demo says: of the rows, where its last act is left out, and that its recording is one of today's demo.
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import type {Invocation} from '../../../source/cli/command.ts';
import {steps, summary} from '../../../source/cli/demo/demo.ts';
import {failover, loseNode, rowsText, title} from '../../../source/cli/demo/lost-node.ts';
import {measuredLine} from '../../../source/cli/demo/measured.ts';
import {commandOf} from '../../../source/cli/demo/operation.ts';
import type {Session} from '../../../source/cli/session.ts';
import {root} from '../../support/paths.ts';
import {recorded} from '../observation/recorded.ts';

it.each([
  [{acknowledged: 812, missing: 0, unanswered: 0}, '812 rows were acknowledged, and all of them are there.'],
  [
    {acknowledged: 812, missing: 1, unanswered: 0},
    '812 rows were acknowledged, and 1 of them is missing: the writer had sent it to no reader when it went off.',
  ],
  [
    {acknowledged: 812, missing: 3, unanswered: 2},
    '812 rows were acknowledged, and 3 of them are missing: the writer had sent them to no reader when it went off. ' +
      '2 more are there without an answer.',
  ],
])('tells of %j in words', (rows, words) => expect(rowsText(rows)).toBe(words));

it('takes no node that a database of somebody else runs on, and says how to see it all the same', async () => {
  const snapshot = recorded('healthy');
  const node = snapshot.pods.find(({metadata}) => metadata.name.includes('primary'))?.spec.nodeName;
  const pod = (name: string, nodeName: unknown) => ({metadata: {name, namespace: 'team-b'}, spec: {nodeName}});
  let written = '';
  const invocation = {output: 'text', stdout: {write: (text: string) => (written += text)}} as unknown as Invocation;
  const session = {
    target: {release: 'demo', namespace: 'demo'},
    ports: {look: async () => snapshot},
    connection: {api: {list: async () => ({items: [pod('billing-0', node), pod('shop-0', 'elsewhere')]})}},
  } as unknown as Session;
  const never = () => {
    throw new Error('nothing may be done');
  };
  const writes = {taken: never, silentMs: never, rows: never, count: never, stop: never};
  expect(await loseNode({invocation, session, writes, keys: {waitWhilePaused: never, close: never}})).toBeNull();
  expect(written).toContain(`${node} would take billing-0 in team-b along, which is not of the demo.`);
  expect(written).toContain('PGHI_SANDBOX_FOLDER=/tmp/another-sandbox pg-helm-install demo');
  expect(written).not.toContain('shop-0');
});

it("what the README's picture shows is what the demo says today (node scripts/record-demo.mjs records it)", () => {
  const text = readFileSync(join(root, 'test', 'recorded-demo.json'), 'utf8');
  const frames = JSON.parse(text) as readonly (readonly string[])[];
  for (const frame of frames) {
    expect(frame.length).toBeLessThanOrEqual(24);
    for (const line of frame) expect(line.length).toBeLessThanOrEqual(80);
  }
  const lines = frames.flatMap((frame) =>
    frame
      .join('\n')
      .replace(/ \\\n +/g, ' ')
      .split('\n'),
  );
  const session = {target: {context: 'pg-helm-install-sandbox'}} as unknown as Session;
  const today = [
    ...steps.map(({asked}) => commandOf(asked, session)),
    ...['sandbox fault node-off=NODE', 'sandbox fault none'].map((words) => `pg-helm-install ${words}`),
    commandOf(failover, session),
  ];
  const commands = lines.flatMap((line) => /^ {2}\$ (.*)/.exec(line.replace(/node\d/, 'NODE'))?.[1] ?? []);
  expect(new Set(commands).size).toBeGreaterThan(5);
  for (const command of commands) expect(today).toContain(command);
  const titles = lines.filter((_, index) => lines[index + 1]?.startsWith('  $ pg-helm-install'));
  for (const one of titles.filter((line) => /^[A-Z]/.test(line)))
    expect([...steps.map((step) => step.title), title]).toContain(one);
  const gaps = lines.filter((line) => line.includes('writes were out'));
  for (const line of gaps) {
    const [seconds = 0, rows = 0, gap = 0] = (line.match(/\d+(\.\d+)?/g) ?? []).map(Number);
    expect(measuredLine({kind: '', ms: seconds * 1000, rows, longestGapMs: gap * 1000}, true)).toBe(line);
  }
  const last = (frames.at(-1) ?? []).join('\n');
  const measured = [...last.matchAll(/^ {2}([a-z-]+) +writes out for +(\S+) s/gm)].map(([, kind = '', gap]) => {
    return {kind, ms: 0, rows: 0, longestGapMs: Number(gap) * 1000};
  });
  const [acknowledged = 0, missing = 0] = (/(\d+) rows were acknowledged.*/.exec(last)?.[0].match(/\d+/g) ?? []).map(
    Number,
  );
  const rows = {acknowledged, missing, unanswered: 0};
  const lostNode = {node: '', atRisk: null, rows};
  const none = {kind: 'install', ms: 0, rows: 0, longestGapMs: 0};
  expect(last).toContain(summary({steps: [none, ...measured], lostNode}).join('\n'));
  expect(measured.map(({kind}) => kind)).toEqual([...steps.slice(1).map(({asked}) => asked.kind), 'failover']);
});
