// What is said of extra values before they are used.
import {describe, expect, it} from 'vitest';
import {valuesFindings} from '../../../source/operations/values-findings.ts';
import type {HelmPort} from '../../../source/operations/ports/helm.ts';
import type {Values} from '../../../source/chart/values.ts';

const chart = {path: '/c', source: 'oci://registry.example/postgresql', version: '16.7.26', appVersion: '17.6.0'};
async function judge(extraValues: Values, isStrict = false) {
  let asked = 0;
  const helm = {
    chartValues: async () => {
      asked++;
      return {primary: {pdb: {create: true}, extraEnvVars: []}};
    },
  } as unknown as HelmPort['helm'];
  return {...(await valuesFindings({extraValues}, chart, {helm}, {isStrict})), asked};
}

it('the chart is asked only where there are extra values', async () => {
  expect(await judge({})).toEqual({warnings: [], refusal: null, asked: 0});
  expect(await judge({primary: {pdb: {create: false}}})).toEqual({warnings: [], refusal: null, asked: 1});
});

describe('what nothing reads', () => {
  const misspelt = {primary: {pdbs: {create: false}}, nowhere: 1};
  const message =
    'No template of the chart 16.7.26 reads primary.pdbs (the chart reads primary.pdb) and nowhere: they have no ' +
    'effect.';

  it('is a warning', async () => {
    expect(await judge(misspelt)).toMatchObject({refusal: null, warnings: [{code: 'VALUES_UNREAD', message}]});
  });

  it('is refused where nothing may be left unread', async () => {
    expect(await judge(misspelt, true)).toMatchObject({warnings: [], refusal: {code: 'VALUES_UNREAD', message}});
  });
});

it('what looks like a secret is warned of, and not said again', async () => {
  const {warnings} = await judge({primary: {extraEnvVars: [{name: 'APP_PASSWORD', value: 'tuna-melt-1234'}]}});
  expect(warnings).toMatchObject([{code: 'SECRET_IN_VALUES'}]);
  expect(warnings[0]?.message).toContain('primary.extraEnvVars.0.APP_PASSWORD');
  expect(JSON.stringify(warnings)).not.toContain('tuna');
});
