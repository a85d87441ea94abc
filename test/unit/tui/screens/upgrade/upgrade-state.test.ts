// Another source of images: the tag follows it, unless one was typed, and what is asked for names both.
import {describe, expect, it} from 'vitest';
import type {Images} from '../../../../../source/parameters/parameters.ts';
import {
  imagesAsked,
  offeredFor,
  upgradeProblem,
  withSource,
  type UpgradeState,
} from '../../../../../source/tui/screens/upgrade/upgrade-state.ts';
import {statusWith} from '../../../../support/fakes/fake-client.ts';
import {parametersWith} from '../../../../support/fakes/survey.ts';

const frozen: Images = {source: 'bitnamilegacy', tag: '17.6.0-debian-12-r4', digest: null, pullSecret: null};
const state: UpgradeState = {
  name: 'upgrade',
  row: 'imageSource',
  imageSource: frozen.source,
  imageTag: frozen.tag,
  chartVersion: '16.7.26',
};
const status = (images: Images) => statusWith({parameters: parametersWith({images})});

describe('another source', () => {
  it('brings a tag that it has, and asks for both', () => {
    const moved = withSource(state, 'official', frozen);
    expect(moved).toMatchObject({imageSource: 'official', imageTag: '17.12-bookworm'});
    expect(upgradeProblem(moved)).toBeNull();
    expect(imagesAsked(moved, status(frozen))).toEqual({source: 'official', tag: '17.12-bookworm'});
  });

  it('and back again asks for nothing', () => {
    const back = withSource(withSource(state, 'official', frozen), 'bitnamilegacy', frozen);
    expect(back).toEqual(state);
    expect(imagesAsked(back, status(frozen))).toEqual({});
  });

  it('keeps a tag that was typed, and says what is wrong with it', () => {
    const moved = withSource({...state, imageTag: '17.5.0-debian-12-r1'}, 'official', frozen);
    expect(moved.imageTag).toBe('17.5.0-debian-12-r1');
    expect(upgradeProblem(moved)).toMatch(/^The image tag .* Those of official, the default, are such as/);
  });

  it('is typed letter by letter without losing the tag', () => {
    const letters = [...'official'].map((_, index, all) => all.slice(0, index + 1).join(''));
    const typed = letters.reduce((before, text) => withSource(before, text, frozen), state);
    expect(typed.imageTag).toBe('17.12-bookworm');
    expect(upgradeProblem({...state, imageSource: 'offic'})).toContain('is not a source of images');
  });

  it('of the same kind keeps the tag', () => {
    const moved = withSource(state, 'mirror:registry.example', frozen);
    expect(imagesAsked(moved, status(frozen))).toEqual({source: 'mirror:registry.example'});
  });

  it('never brings another major version of PostgreSQL', () => {
    const older = {...frozen, tag: '16.4.0-debian-12-r3'};
    expect(withSource({...state, imageTag: older.tag}, 'official', older).imageTag).toBe('16-bookworm');
  });
});

it('the tags of the source that runs are not offered for another one', () => {
  const known = {versions: {imageTags: ['17.6'], chartVersions: null, chartIsFolder: false}, status: status(frozen)};
  expect(offeredFor({...state, row: 'imageTag'}, known)).toEqual(['17.6']);
  expect(offeredFor({...state, row: 'imageTag', imageSource: 'official'}, known)).toBeNull();
  expect(offeredFor(state, known)).toEqual(['bitnamilegacy', 'official']);
});
