// The last act of the demo, where it is left out, and what it says of the rows.
import {expect, it} from 'vitest';
import type {Invocation} from '../../../source/cli/command.ts';
import {loseNode, rowsText} from '../../../source/cli/demo/lost-node.ts';
import type {Session} from '../../../source/cli/session.ts';
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
    ports: {look: async () => snapshot},
    connection: {api: {list: async () => ({items: [pod('billing-0', node), pod('shop-0', 'elsewhere')]})}},
  } as unknown as Session;
  const never = () => {
    throw new Error('nothing may be done');
  };
  const writes = {taken: never, silentMs: never, rows: never, count: never, stop: never};
  expect(await loseNode({invocation, session, writes, keys: {mayGoOn: never, close: never}})).toBeNull();
  expect(written).toContain(`${node} would take billing-0 in team-b along, which is not of the demo.`);
  expect(written).toContain('PGHI_SANDBOX_FOLDER=/tmp/another-sandbox pg-helm-install demo');
  expect(written).not.toContain('shop-0');
});
