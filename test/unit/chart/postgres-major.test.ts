// The guard of PostgreSQL's major version, and the versions that may be offered.
import {describe, expect, test} from 'vitest';
import {
  chartVersionsOfMajor,
  collationProblem,
  majorOf,
  majorProblem,
  tagsThatMayFollow,
  type MajorGuard,
} from '../../../source/chart/postgres-major.ts';
import type {Images} from '../../../source/parameters/parameters.ts';

const images = (tag: string, changes: Partial<Images> = {}): Images => ({
  source: 'bitnamilegacy',
  tag,
  digest: null,
  pullSecret: null,
  ...changes,
});

function guard(changes: Partial<MajorGuard> = {}): MajorGuard {
  return {
    target: {release: 'orders', namespace: 'team-a'},
    running: '17.6',
    existing: images('17.5.0-debian-12-r20'),
    desired: images('17.6.0-debian-12-r4'),
    chartAppVersion: '17.6.0',
    ...changes,
  };
}

test.each([
  ['17.6', 17],
  ['9.6.24', 9],
  ['', null],
  ['latest', null],
  [null, null],
])('major of %s is %s', (version, major) => expect(majorOf(version)).toBe(major));

describe('majorProblem', () => {
  test('within the major version anything goes, down too', () => {
    expect(majorProblem(guard())).toBeNull();
    expect(majorProblem(guard({desired: images('17.0.0')}))).toBeNull();
  });

  test('another major in the tag names both, and what to do', () => {
    const problem = majorProblem(guard({desired: images('18.0.0-debian-12-r0')}));
    expect(problem).toMatchObject({code: 'VERSION_INCOMPATIBLE', object: {kind: 'Release', name: 'orders'}});
    expect(problem?.message).toMatch(/PostgreSQL 17 \(17\.6\).*PostgreSQL 18 \(18\.0\)/);
    expect(problem?.remedies.length).toBeGreaterThan(0);
    expect(majorProblem(guard({desired: images('16.4.0')}))?.code).toBe('VERSION_INCOMPATIBLE');
  });

  test('what the server says counts for more than the old tag', () => {
    expect(majorProblem(guard({running: '16.4', existing: images('17.5.0'), desired: images('17.6.0')}))?.code).toBe(
      'VERSION_INCOMPATIBLE',
    );
    expect(majorProblem(guard({running: null, existing: images('16.4.0'), desired: images('17.6.0')}))?.code).toBe(
      'VERSION_INCOMPATIBLE',
    );
  });

  test('a chart for another major is refused; one that does not say is not', () => {
    expect(majorProblem(guard({chartAppVersion: '18.0.0'}))?.message).toContain('the chart');
    expect(majorProblem(guard({chartAppVersion: ''}))).toBeNull();
  });

  test('a tag without a version is left to the trial of the image', () => {
    expect(majorProblem(guard({desired: images('stable')}))).toBeNull();
  });
});

test('tags of the same major and base system, newest first, without signatures', () => {
  const tags = [
    '17.5.0-debian-12-r20',
    '17.6.0-debian-12-r0',
    '18.0.0',
    '17.6.0-debian-12-r10',
    'latest',
    '17.6.0-debian-12-r4',
    '17',
    'sha256-abc.sig',
    '16.1.0',
  ];
  const ofDebian = ['17.6.0-debian-12-r10', '17.6.0-debian-12-r4', '17.6.0-debian-12-r0', '17.5.0-debian-12-r20'];
  expect(tagsThatMayFollow(tags, '17.5.0-debian-12-r20')).toEqual(ofDebian);
  // A tag that does not say its base system leaves all of them open.
  expect(tagsThatMayFollow(tags, '17.5.0')).toEqual([...ofDebian, '17']);
});

test('of official images the newest minor comes first, and the one that moves last', () => {
  const tags = ['17-bookworm', '17.6-bookworm', '17.13-trixie', '17.13-bookworm', '17.12-bookworm', '17.13-alpine3.22'];
  const others = ['17.13', '18.1-bookworm', '17rc1-bookworm', 'bookworm', '17.13-bullseye'];
  expect(tagsThatMayFollow([...tags, ...others], '17.12-bookworm')).toEqual([
    '17.13-bookworm',
    '17.12-bookworm',
    '17.6-bookworm',
    '17-bookworm',
  ]);
});

test('chart versions for the same major, newest first, and only known ones', () => {
  expect(chartVersionsOfMajor(['16.7.26', '18.8.11', '17.1.0', '16.7.9', '99.0.0', '16.7.26-beta', 'x'], 17)).toEqual([
    '17.1.0',
    '16.7.26',
    '16.7.9',
  ]);
  expect(chartVersionsOfMajor(['16.7.26', '18.8.11'], 18)).toEqual(['18.8.11']);
});

test.each([
  ['17.12-bookworm', null],
  ['17.12', null],
  ['17.12-trixie', 'COLLATION_CHANGED'],
  ['17.12-alpine3.22', 'COLLATION_CHANGED'],
])('from debian-12 to %s: %s', (tag, code) => {
  const problem = collationProblem(guard({desired: images(tag, {source: 'official'})}));
  expect(problem?.code ?? null).toBe(code);
});
