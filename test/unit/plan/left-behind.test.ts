// What a failover leaves behind is told before it is agreed to, as a switchover tells it.
import {expect, it} from 'vitest';
import {leftBehindConsequences, type LeftBehind} from '../../../source/plan/left-behind.ts';
import type {RoleMove} from '../../../source/observation/role/role-moves.ts';
import type {ServerFacts} from '../../../source/plan/switchover.ts';
import {positionOf} from '../../support/clusters/reader-position.ts';
import {targetFor} from '../../support/fakes/survey.ts';

const [first, second] = ['orders-postgresql-read-0', 'orders-postgresql-read-1'];
const server: ServerFacts = {timeline: 1, isReader: true, isSynchronous: false, settings: {}, slots: []};
const told = (rest: Partial<LeftBehind> = {}) => {
  const chosen = positionOf(second, 20);
  const facts = {chosen, timeline: 1, moved: null, positions: [chosen], unlogged: [], reader: server};
  return leftBehindConsequences({target: targetFor('orders'), ...facts, ...rest});
};
const codes = (rest: Partial<LeftBehind> = {}) => told(rest).map(({code}) => code);
const sentences = (rest: Partial<LeftBehind> = {}) => told(rest).map(({sentence}) => sentence);

it('what ALTER SYSTEM had set on the writer stays on its volume, and what the reader has set counts', () => {
  expect(sentences()).toEqual([
    'What ALTER SYSTEM had set on the earlier writer stays on its volume: nobody can ask it now.',
  ]);
  const reader = {...server, walLevel: 'logical', settings: {primary_conninfo: 'host=x', work_mem: '4MB'}};
  expect(sentences({reader})).toEqual([
    'What ALTER SYSTEM had set on the earlier writer stays on its volume, and so do its logical replication slots: ' +
      `nobody can ask it now. What ALTER SYSTEM has set on ${second} holds for the new writer: work_mem.`,
  ]);
  expect(codes({reader: null})).toEqual(['SETTINGS_MOVE']);
});

it('unlogged tables will be empty, also where no reader says which there are', () => {
  expect(codes({unlogged: ['shop: carts']})).toEqual(['DATA_DELETED', 'SETTINGS_MOVE']);
  expect(codes({unlogged: null})).toEqual(['WRITES_AT_RISK', 'SETTINGS_MOVE']);
  expect(sentences({unlogged: null})[0]).toContain('if there are any');
});

it('readers of an earlier timeline are named, and one that was asked for gives up what was written since', () => {
  const moved = {kind: 'failover', at: '2026-01-02T07:00:00Z', timeline: {before: 1, after: 2}} as RoleMove;
  const chosen = positionOf(second, 20, {timeline: 2});
  const stale = positionOf(first, 900);
  const positions = [stale, chosen];
  expect(sentences({chosen, positions, timeline: 2, moved})[0]).toContain(
    `${first} (timeline 1) has nothing of what was written since the failover at 2026-01-02T07:00:00Z`,
  );
  const [lost] = told({chosen: stale, positions: [stale], timeline: 2, moved});
  expect(lost).toMatchObject({code: 'WRITES_AT_RISK'});
  expect(lost?.sentence).toContain('all that was written since the failover at 2026-01-02T07:00:00Z is lost');
});
