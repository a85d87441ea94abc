// The version that a StatefulSet says, by its image before its label.
import {expect, it} from 'vitest';
import {declaredVersion} from '../../../source/observation/postgres-version.ts';
import type {StatefulSet} from '../../../source/observation/kubernetes.ts';

const setOf = (image: string | undefined, version: string | undefined): StatefulSet => ({
  metadata: {name: 'orders-postgresql-primary', labels: version ? {'app.kubernetes.io/version': version} : {}},
  spec: {
    template: {
      spec: {
        containers: [
          {name: 'metrics', image: 'x:1.2'},
          {name: 'postgresql', ...(image ? {image} : {})},
        ],
      },
    },
  },
});

it.each<[string | undefined, string | undefined, string | null]>([
  ['docker.io/bitnamilegacy/postgresql:17.6.0-debian-12-r0', '17.6.0', '17.6.0'],
  ['docker.io/library/postgres:17.12-bookworm', '17.6.0', '17.12'],
  ['docker.io/library/postgres:17.12-bookworm@sha256:ab', '17.6.0', '17.12'],
  ['registry:5000/postgresql@sha256:ab', '17.6.0', '17.6.0'],
  ['registry:5000/postgresql', '17.6.0', '17.6.0'],
  ['registry:5000/postgresql:latest', '17.6.0', '17.6.0'],
  ['docker.io/library/postgres:17.12', undefined, '17.12'],
  [undefined, undefined, null],
])('of %s, labelled %s: %s', (image, version, is) => {
  expect(declaredVersion(setOf(image, version))).toBe(is);
});
