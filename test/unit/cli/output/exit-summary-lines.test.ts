// What stays in the terminal's history: short, complete, and about the right cluster.
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {cause} from '../../../../source/core/cause.ts';
import {exitSummaryLines} from '../../../../source/cli/output/text/exit-summary-lines.ts';
import type {ExitSummary} from '../../../../source/tui/exit-summary.ts';
import {painter} from '../../../../source/core/signs.ts';
import {imageNotFound, resultWith, statusWith} from '../../../support/fakes/fake-client.ts';

const paint = painter({colour: false, unicode: true});
const nothing: ExitSummary = {status: null, result: null, left: null, context: null};
const lines = (exitSummary: Partial<ExitSummary>, reach = (command: string) => command) =>
  exitSummaryLines({...nothing, ...exitSummary}, paint, reach);

it('of a release: endpoints, Secret, how to read the password, status', () => {
  const text = lines({status: statusWith()}).join('\n');
  for (const part of [
    'orders-postgresql-primary.team-a',
    'orders-postgresql-read.team-a',
    'Secret orders-postgresql-auth, key password',
    '| base64 -d',
    'pg-helm-install status orders -n team-a',
  ])
    expect(text).toContain(part);
});

it('of an install that was left: how to go on, and where the password is', () => {
  const text = lines({left: {kind: 'install', release: 'orders', namespace: 'team-a', goesOn: 'here'}}).join('\n');
  for (const part of [
    'recover orders -n team-a',
    'orders-postgresql-auth, key password',
    '| base64 -d',
    'status orders -n team-a',
  ])
    expect(text).toContain(part);
  expect(lines({left: {kind: 'install', release: 'orders', namespace: 'team-a', goesOn: 'from the start'}})).toEqual([
    'The install of orders in team-a was left before it changed anything.',
  ]);
});

it('of a failure: why, and what to do', () => {
  const text = lines({result: resultWith({outcome: 'failed', cause: imageNotFound})}).join('\n');
  for (const part of [
    'install failed, IMAGE_NOT_FOUND',
    'The registry has no image',
    '--image-tag 17.6.0-debian-12-r0',
    'status orders -n team-a',
  ])
    expect(text).toContain(part);
});

describe('commands', () => {
  it('name the context where it is not the current one, and reach the kubeconfig', () => {
    const text = lines({status: statusWith(), context: 'prod eu'}, (command) => `${command} #reach`).join('\n');
    expect(text).toContain("pg-helm-install status orders -n team-a --context 'prod eu' #reach");
    expect(text).toContain("kubectl --context 'prod eu' get secret");
  });
});

it('is at most 12 lines, none of which draws anything', () => {
  const evil = fc.constantFrom('plain', 'a\u001b[2Jb', 'two\nlines', 'x'.repeat(300));
  const remedies = fc.array(fc.record({title: evil, command: evil}), {maxLength: 9});
  const ledger = fc.array(
    fc.record({
      kind: fc.constant('PersistentVolumeClaim'),
      name: evil,
      fate: fc.constantFrom('kept' as const, 'deleted' as const),
      bytes: fc.constant(null),
    }),
    {maxLength: 40},
  );
  fc.assert(
    fc.property(
      evil,
      fc.array(evil, {maxLength: 30}),
      remedies,
      ledger,
      fc.constantFrom('failed' as const, 'succeeded' as const),
      (message, evidence, remedies, ledger, outcome) => {
        const said = lines({
          result: resultWith({
            outcome,
            ledger,
            ...(outcome === 'failed' ? {cause: cause('CRASH_LOOP', message, {evidence, remedies})} : {}),
          }),
        });
        expect(said.length).toBeLessThanOrEqual(12);
        expect(said.join('')).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
      },
    ),
  );
});
