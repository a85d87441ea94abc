// A pod template is tried before helm has made what it names.
import {expect, it} from 'vitest';
import {withoutNewAccount} from '../../../source/plan/manifests.ts';

const account = '---\nkind: ServiceAccount\nmetadata:\n  name: orders-postgresql\n';
const template = {spec: {containers: [], serviceAccountName: 'orders-postgresql'}};

it('a service account that comes with it is left out, and one that is there is kept', () => {
  expect(withoutNewAccount(template, '', account)).toEqual({spec: {containers: []}});
  expect(withoutNewAccount(template, account, account)).toBe(template);
  // Made by somebody else.
  expect(withoutNewAccount(template, '', '')).toBe(template);
});
