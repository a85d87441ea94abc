// Memory that is too little, and settings that are too much for it.
import {describe, expect, test} from 'vitest';
import {memory, settingsRoom} from '../../../../source/observation/checks/memory.ts';
import {postgresConfig} from '../../../../source/parameters/descriptors/postgres-config.ts';
import type {Parameters as ReleaseParameters} from '../../../../source/parameters/parameters.ts';
import {codesOf, goodSurvey, parametersWith, wantedWith} from '../../../support/survey.ts';

test.each([
  ['511Mi', ['warn SMALL_MEMORY']],
  ['512Mi', []],
  ['0.5Gi', []],
])('%s', (size, codes) => {
  expect(codesOf(memory(goodSurvey(), wantedWith({parameters: {memory: size}})))).toEqual(codes);
});

describe('settings', () => {
  const found = (parameters: Partial<ReleaseParameters>, existing: Partial<ReleaseParameters> | null = null) =>
    settingsRoom(goodSurvey(), {
      ...wantedWith({parameters: {memory: '2Gi', sizing: 'auto', ...parameters}}),
      existing: existing && parametersWith({memory: '2Gi', ...existing}),
    });
  const refused = (...args: Parameters<typeof found>) =>
    found(...args).map((one) => (one.severity === 'refuse' ? one.cause : null));

  test.each([
    ['shared_buffers', '8GB', '8Gi', '512MB', '32Gi'],
    // PostgreSQL counts it in pages of 8 kB.
    ['shared_buffers', '262144', '2Gi', '512MB', '8Gi'],
    ['shared_buffers', '1TB', '1Ti', '512MB', '4Ti'],
    ['shared_buffers', '2097152kB', '2Gi', '512MB', '8Gi'],
    ['work_mem', '4GB', '4Gi', '128MB', '64Gi'],
    ['maintenance_work_mem', '3GB', '3Gi', '128MB', '48Gi'],
  ])('%s=%s are refused with the name, the reason and an example', (name, value, bytes, right, more) => {
    expect(refused({postgresConfig: {[name]: value}})).toMatchObject([
      {
        code: 'BAD_INPUT',
        message:
          `--postgres-config: ${name}=${value} is ${bytes}, and each pod gets 2Gi of memory: the database would be ` +
          `killed for it. Right is, for example, ${name}=${right}, or --memory ${more}. Nothing was changed.`,
      },
    ]);
  });

  test.each([
    ['a size that fits', {postgresConfig: {shared_buffers: '1GB'}}],
    ['what the planner is told', {postgresConfig: {effective_cache_size: '1TB'}}],
    ['a size that follows from others', {postgresConfig: {wal_buffers: '-1'}}],
    ['none', {}],
    ['none, in the least memory', {memory: '256Mi'}],
    ['none, without sizing', {memory: '256Mi', sizing: 'off'}],
  ] as const)('%s is said nothing of', (_what, parameters) => expect(found(parameters)).toEqual([]));

  test('of a file for --values count too', () => {
    const extraValues = {primary: {extendedConfiguration: "shared_buffers = '8GB'\n"}};
    expect(refused({extraValues, sizing: 'off'})).toMatchObject([{code: 'BAD_INPUT'}]);
  });

  test('are refused by less memory, and a release that has them already may change in other ways', () => {
    const postgresConfig = {shared_buffers: '1GB'};
    expect(refused({memory: '512Mi', postgresConfig}, {postgresConfig})).toMatchObject([{code: 'BAD_INPUT'}]);
    const there = {postgresConfig, memory: '512Mi'};
    expect(codesOf(found({...there, hostname: 'db.example.com'}, there))).toEqual(['warn SETTINGS_EXCEED_MEMORY']);
  });

  test('of all connections together are warned of where somebody chose them', () => {
    const [warning] = found({postgresConfig: {max_connections: '500', work_mem: '64MB'}});
    expect(warning).toMatchObject({
      severity: 'warn',
      warning: {
        code: 'SETTINGS_EXCEED_MEMORY',
        message:
          'With shared_buffers=512Mi, and work_mem=64Mi in each of 500 connections, the database may use 32512Mi, ' +
          'and each pod gets 2Gi: under load it can be killed for it. Safer is, for example, work_mem=1572kB, or a ' +
          'smaller max_connections.',
      },
    });
  });
});

describe('the field of the form', () => {
  const beside = (text: string, memoryText: string) => postgresConfig.problemBeside(text, {memory: memoryText});
  test('says it while both are typed', () => {
    expect(beside('shared_buffers=8GB, jit=off', '2Gi')).toContain('shared_buffers=8GB is 8Gi');
    for (const other of ['', 'nonsense', '16Gi']) expect(beside('shared_buffers=8GB', other)).toBeNull();
    expect(beside('shared_buffers=', '2Gi')).toBeNull();
  });
});
