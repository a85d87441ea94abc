// The names of a release of which helm has no record: what its StatefulSets say is what its values would say.
import {expect, it} from 'vitest';
import {namingIn, namingOfSets} from '../../../source/chart/naming-values.ts';
import {objectNames} from '../../../source/chart/names.ts';
import type {Values} from '../../../source/chart/tree.ts';

it.each<[string, Values]>([
  ['a standalone', {}],
  ['a replication', {architecture: 'replication'}],
  ['a name of its own', {fullnameOverride: 'shop-db'}],
  ['a replication with a name of its own', {fullnameOverride: 'shop-db', architecture: 'replication'}],
  ['another name label', {nameOverride: 'db', architecture: 'replication'}],
])('%s', (_, values) => {
  const said = namingIn(values, 'orders');
  const {writer, reader} = objectNames(said);
  const nameLabel = said.given?.nameOverride ?? 'postgresql';
  const sets = [
    {name: writer, component: 'primary', nameLabel},
    ...(values['architecture'] === undefined ? [] : [{name: reader, component: 'read', nameLabel}]),
  ];
  const found = namingOfSets(sets, 'orders');
  expect(found && objectNames(found)).toEqual(objectNames(said));
});

it('is nothing where there is no writer', () => {
  expect(namingOfSets([], 'orders')).toBeNull();
});
