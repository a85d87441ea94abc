import {describe, expect, it} from 'vitest';
import {imageReference, imagesWarning, imageSourceOf, postgresVersionOf} from '../../../source/chart/image.ts';
import type {Images} from '../../../source/parameters/parameters.ts';

const images: Images = {source: 'bitnamilegacy', tag: '17.6.0-debian-12-r0', digest: null, pullSecret: null};
const digest = `sha256:${'a'.repeat(64)}`;

describe('imageReference', () => {
  it.each<[Images, string]>([
    [images, 'docker.io/bitnamilegacy/postgresql:17.6.0-debian-12-r0'],
    [{...images, digest}, `docker.io/bitnamilegacy/postgresql@${digest}`],
    [{...images, source: 'official', tag: '17.12-bookworm'}, 'docker.io/library/postgres:17.12-bookworm'],
    [{...images, source: 'mirror:registry.example.com'}, 'registry.example.com/postgresql:17.6.0-debian-12-r0'],
    [{...images, source: 'image:r.example/a/pg', tag: '17'}, 'r.example/a/pg:17'],
    [{...images, source: 'mirror:localhost:5000/a/b', tag: '17'}, 'localhost:5000/a/b/postgresql:17'],
  ])('%j is %s', (given, reference) => {
    expect(imageReference(given)).toBe(reference);
  });
});

describe('imageSourceOf', () => {
  it.each([
    ['docker.io', 'bitnamilegacy/postgresql', 'bitnamilegacy'],
    ['docker.io', 'bitnamisecure/postgresql', 'bitnamisecure'],
    ['r.example', 'postgresql', 'mirror:r.example'],
    ['r.example', 'a/postgresql/postgresql', 'mirror:r.example/a/postgresql'],
    ['docker.io', 'library/postgres', 'official'],
    ['', 'bitnami/postgresql', null],
  ])('%s and %s: %s', (registry, repository, source) => {
    expect(imageSourceOf(registry, repository, false)).toBe(source);
  });
  it('is an image of any name where we start it', () => {
    expect(imageSourceOf('r.example', 'library/postgres', false)).toBeNull();
    expect(imageSourceOf('r.example', 'library/postgres', true)).toBe('image:r.example/library/postgres');
    expect(imageSourceOf('docker.io', 'library/postgres', true)).toBe('official');
  });
});

describe('postgresVersionOf', () => {
  it.each([
    ['17.6.0-debian-12-r0', '17.6'],
    ['17.6-bookworm', '17.6'],
    ['17', '17'],
    ['17-bookworm', '17'],
    ['latest', null],
    ['17abc', null],
  ])('%s: %s', (tag, version) => {
    expect(postgresVersionOf(tag)).toBe(version);
  });
});

describe('imagesWarning', () => {
  it('says that the default images are frozen, and nothing about a mirror', () => {
    expect(imagesWarning(images, 'move')).toMatchObject({
      code: 'IMAGES_FROZEN',
      message: expect.stringContaining('no security fixes') as string,
    });
    expect(imagesWarning({...images, source: 'mirror:r.example'}, 'move')).toBeNull();
    expect(imagesWarning({...images, source: 'official'}, 'move')).toBeNull();
  });
});
