// docs/scripting.md and the examples of --help: each jq filter is run by jq on what the command prints.
import {execFileSync, spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {cause} from '../../source/core/cause.ts';
import {activityData} from '../../source/observation/activity.ts';
import {activitiesOf, replanned, resultWith, rowWith, statusWith} from '../support/fakes/fake-client.ts';
import {root} from '../support/paths.ts';
import {shellWords} from '../support/shell-words.ts';

const hasJq = spawnSync('jq', ['--version']).status === 0;
const [before, after] = activitiesOf();
if (!before || !after) throw new Error('two looks make a rate');
const blocked = {
  ...after,
  sessions: after.sessions.map((session) => ({...session, waits: 'Lock: transactionid', waitsFor: [4711]})),
};
const track = {type: 'track', track: 'writer', text: 'on node0', state: 'done'};

const kept = {
  claim: 'orders-postgresql-kept-20260102t030405',
  bytes: 1,
  since: null,
  countsWhenBack: null,
  look: 'kubectl run',
  remove: 'kubectl delete',
};
const sentence = 'At risk: what the writer acknowledged and did not send.';
const planOfFailover = {
  steps: [],
  values: {},
  manifests: '',
  command: '',
  verdict: 'gone' as const,
  evidence: ['The writer is gone: node1 off'],
  consequences: [{code: 'WRITES_AT_RISK' as const, object: 'StatefulSet/orders-postgresql-primary', sentence}],
};

/** By command and form: what it prints, an object a line. */
const printed: Readonly<Record<string, readonly object[]>> = {
  'endpoints json': [statusWith()],
  'status json': [statusWith({state: 'broken', cause: cause('VOLUME_FULL', 'It is full.'), keptVolumes: [kept]})],
  'failover json': [resultWith({operation: 'failover', outcome: 'planned', plan: planOfFailover})],
  'list json': [{releases: [rowWith(), rowWith({name: 'shop', state: 'degraded'})]}],
  'scale json': [{...replanned, files: [{name: 'orders.diff', path: '/tmp/orders-patch/orders.diff'}]}],
  'upgrade ndjson': [track, {type: 'result', ...resultWith({writesOut: {afterMs: 900, forMs: 400}})}],
  'restart json': [resultWith({operation: 'restart', writesOut: {afterMs: 900, forMs: 400}})],
  'switchover json': [resultWith({operation: 'switchover', writesOut: {afterMs: 900, forMs: 1900}})],
  'top ndjson': [{type: 'activity', ...activityData(before, after)}],
  'top json': [activityData(before, blocked)],
};

const page = readFileSync(join(root, 'docs', 'scripting.md'), 'utf8');
const lines = [...page.matchAll(/^pg-helm-install (.*) \| jq (.*)$/gm)];

describe.skipIf(!hasJq)('jq', () => {
  it.each(lines.map(([, command = '', jq = '']) => ({command, jq})))('$command | jq $jq', ({command, jq}) => {
    const form = /--output (\w+)/.exec(command)?.[1] ?? '';
    const input = printed[`${command.split(' ')[0]} ${form}`] ?? expect.fail('nothing is known to be printed by it');
    const text = input.map((one) => JSON.stringify(one)).join('\n');
    const said = execFileSync('jq', shellWords(jq), {input: text, encoding: 'utf8'});
    expect(said.trim()).not.toBe('');
    expect(said).not.toContain('null');
  });
});

it('there are as many as the page tells of', () => expect(lines.length).toBeGreaterThan(7));
