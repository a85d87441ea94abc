// What the parameters would become, while one types.
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {formReducer, openForm} from '../../../../../source/tui/screens/parameters/form.ts';
import {defaultText, foldedLine, remark, summarize} from '../../../../../source/tui/screens/parameters/summary.ts';
import {descriptorOf} from '../../../../../source/parameters/parameters.ts';
import type {Answers} from '../../../../../source/parameters/answers.ts';
import {sandboxContext} from '@pg-helm-install/sandbox';
import {surveyed} from '../../../../support/fakes/fake-client.ts';

const target = {context: 'prod-eu', namespace: 'team-a', release: 'orders'};
const of = (answers: Answers, place: typeof surveyed | null = surveyed) =>
  summarize(openForm(answers, null), place, target);

it('says what is made, what of it can grow and who reaches it', () => {
  const {lines, column} = of({readReplicaCount: 2, storageSize: '50Gi', memory: '2Gi'});
  expect(lines[0]).toBe('1 writer · 2 readers · 3 × 50Gi gp3, can grow · 3 × 2Gi · inside only');
  expect(Object.fromEntries(column)).toMatchObject({
    nodes: '3 fit, one pod each',
    '': '150Gi in all',
    memory: '3 × 2Gi of 12Gi on them',
    writer: 'orders-postgresql-primary.team-a',
    reader: 'orders-postgresql-read.team-a',
  });
  expect(of({readReplicaCount: 1, storageClass: 'local'}).lines[0]).toContain('1 reader · 2 × 20Gi local, cannot grow');
  expect(of({exposure: 'node-port'}).lines[0]).toMatch(/node ports$/);
  const apart = of({readReplicaCount: 1, readers: {exposure: 'node-port', memory: '1Gi', cpu: '250m'}});
  expect(apart.lines[0]).toMatch(/ 1 × 2Gi \+ 1 × 1Gi · inside only, readers node ports$/);
  expect(Object.fromEntries(apart.column)).toMatchObject({cpu: '1 × 1 + 1 × 250m'});
  expect(of({readers: {exposure: 'node-port'}}).lines[0]).toMatch(/inside only$/);
  const inSandbox = summarize(openForm({}, null), surveyed, {...target, context: sandboxContext});
  expect([inSandbox.lines[0], ...inSandbox.column.flat()]).toEqual(
    expect.arrayContaining([expect.stringMatching(/· this machine only$/), 'this machine only']),
  );
});

describe('the folded line', () => {
  it('is the longest that fits, and says how many pods and how much disk to the last', () => {
    const summary = of({readReplicaCount: 2});
    expect(foldedLine(summary, 36)).toBe('1 writer · 2 readers · 3 × 20Gi');
    expect(foldedLine(summary, 60)).toBe('1 writer · 2 readers · 3 × 20Gi gp3 · 3 × 2Gi · inside only');
    fc.assert(fc.property(fc.integer({min: 35, max: 200}), (width) => foldedLine(summary, width).length <= width));
  });
});

it('claims nothing of a place that has not answered yet', () => {
  const summary = of({}, null);
  expect(summary.lines).toEqual(['asking what the cluster has']);
  expect(
    ['instanceType', 'cpu', 'memory', 'spread', 'storageClass'].map((key) => defaultText(key, summary, null)),
  ).toEqual(Array(5).fill('…'));
  expect(defaultText('storageSize', summary, null)).toBe('20Gi');
});

it('an empty field shows what it becomes', () => {
  const summary = of({});
  const texts = Object.fromEntries(
    ['username', 'password', 'instanceType', 'readReplicaCount', 'storageClass', 'hostname', 'allowFrom'].map((key) => [
      key,
      defaultText(key, summary, surveyed),
    ]),
  );
  expect(texts).toEqual({
    username: 'postgres',
    password: 'generated, 24 characters',
    instanceType: 't3.medium',
    readReplicaCount: '0',
    storageClass: 'gp3',
    hostname: 'none',
    allowFrom: 'nobody from outside',
  });
  expect(['readers', 'readers.memory', 'images.digest'].map((key) => defaultText(key, summary, surveyed))).toEqual([
    ...["the writer's", "the writer's", 'none'],
  ]);
  expect(remark('instanceType', summary, surveyed)).toBe('3 nodes fit');
  expect(remark('storageClass', summary, surveyed)).toBe('can grow, encryption unknown');
  expect(remark('username', summary, surveyed)).toBe('');
});

it('what is known is offered for choice', () => {
  expect(descriptorOf('instanceType').choices(surveyed)).toEqual(['t3.medium', 'any']);
  expect(descriptorOf('instanceType').choices(null)).toEqual([]);
  expect(descriptorOf('readReplicaCount').choices(null)).toHaveLength(16);
  expect(descriptorOf('username').choices(surveyed)).toEqual([]);
});

it('whatever is typed, there is a summary or a problem', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(
        'storageSize' as const,
        'readReplicaCount' as const,
        'exposure' as const,
        'memory' as const,
        'instanceType' as const,
      ),
      fc.string(),
      (key, text) => {
        const form = formReducer(openForm({}, null), {type: 'type', key, text});
        const {lines, problem} = summarize(form, surveyed, target);
        expect(lines.length > 0 || problem !== null).toBe(true);
      },
    ),
  );
});

it('a load balancer that does not know yet whom it lets in takes no default from the other fields', () => {
  for (const key of ['exposure', 'readers.exposure']) {
    const form = formReducer(openForm({}, null), {type: 'type', key, text: 'load-balancer'});
    const summary = summarize(form, surveyed, target);
    expect(summary.problem).toContain('load balancer');
    expect(defaultText('memory', summary, surveyed)).toBe(defaultText('memory', of({}), surveyed));
    expect(defaultText('storageClass', summary, surveyed)).toBe('gp3');
  }
});
