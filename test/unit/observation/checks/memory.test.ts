// Memory that is too little, and settings that are too much for it.
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {memory, settingsRoom} from '../../../../source/observation/checks/memory.ts';
import {postgresConfig} from '../../../../source/parameters/descriptors/postgres-config.ts';
import type {Parameters as ReleaseParameters} from '../../../../source/parameters/parameters.ts';
import {codesOf, goodSurvey, parametersWith, wantedWith} from '../../../support/fakes/survey.ts';

test.each([
  ['511Mi', ['warn SMALL_MEMORY']],
  ['512Mi', []],
  ['0.5Gi', []],
])('%s', (size, codes) => {
  expect(codesOf(memory(goodSurvey(), wantedWith({parameters: {memory: size}})))).toEqual(codes);
});

test('of the readers, where they have less', () => {
  const of = (parameters: Partial<ReleaseParameters>) =>
    memory(goodSurvey(), wantedWith({parameters: {memory: '2Gi', readers: {memory: '256Mi'}, ...parameters}}));
  expect(of({})).toMatchObject([
    {warning: {code: 'SMALL_MEMORY', message: expect.stringMatching(/^256Mi of memory is little for each reader: /)}},
  ]);
  expect(of({readReplicaCount: 0})).toEqual([]);
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
          `killed for it. Use, for example, ${name}=${right}, or --memory ${more}. Nothing was changed.`,
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

describe('settings, where the readers have another size', () => {
  const found = (desired: Partial<ReleaseParameters>, existing: Partial<ReleaseParameters> | null = null) => {
    const all = {memory: '2Gi', sizing: 'auto', ...desired} as const;
    return settingsRoom(goodSurvey(), {
      ...wantedWith({parameters: all}),
      existing: existing && parametersWith({...all, ...existing}),
    });
  };
  const refusal = (...args: Parameters<typeof found>) => {
    const [first, ...more] = found(...args);
    expect(more).toEqual([]);
    return first?.severity === 'refuse' ? first.cause.message : null;
  };
  const readers = {memory: '512Mi'};

  test.each([
    ['1GB', {readers}, 'each reader gets 512Mi of memory', '--reader-memory 4Gi'],
    ['1GB', {memory: '512Mi', readers: {memory: '2Gi'}}, 'the writer gets 512Mi of memory', '--memory 4Gi'],
    ['4GB', {readers}, 'the writer gets 2Gi and each reader gets 512Mi of memory', '--memory 16Gi'],
    ['4GB', {readers: {memory: '2048Mi'}}, 'each pod gets 2Gi of memory', '--memory 16Gi'],
  ])('shared_buffers=%s with %o: %s', (size, sizes, who, flag) => {
    const message = refusal({postgresConfig: {shared_buffers: size}, ...sizes});
    expect(message).toContain(` and ${who}: the database would be killed`);
    expect(message).toContain(`, or ${flag}. Nothing was changed.`);
  });

  test('readers that there are none of do not count, and the first of them is refused', () => {
    const postgresConfig = {shared_buffers: '1GB'};
    expect(found({postgresConfig, readers, readReplicaCount: 0})).toEqual([]);
    const scaled = {postgresConfig, readers, readReplicaCount: 1};
    expect(refusal(scaled, {readReplicaCount: 0})).toContain('each reader gets 512Mi');
  });

  test('less memory of the readers alone is refused; who had it may change in other ways', () => {
    const postgresConfig = {shared_buffers: '1GB'};
    expect(refusal({postgresConfig, readers}, {readers: {}})).toContain('each reader gets 512Mi');
    const was = codesOf(found({postgresConfig, readers, hostname: 'db.example.com'}, {hostname: null}));
    expect(was).toEqual(['warn SETTINGS_EXCEED_MEMORY']);
    // The writer has the same trouble before and after, and that the readers get out of theirs is no new one.
    const less = {postgresConfig, memory: '512Mi'};
    expect(codesOf(found({...less, readers: {memory: '4Gi'}}, {readers: {}}))).toEqual(['warn SETTINGS_EXCEED_MEMORY']);
    // A reader more, where all have the same trouble.
    expect(codesOf(found({...less, readReplicaCount: 1}, {readReplicaCount: 0}))).toEqual([
      'warn SETTINGS_EXCEED_MEMORY',
    ]);
  });

  test('of all connections together: as sized for the smallest pod, and said of that one', () => {
    const [warning] = found({memory: '4Gi', readers, postgresConfig: {work_mem: '8MB'}});
    expect(warning).toMatchObject({
      severity: 'warn',
      warning: {
        code: 'SETTINGS_EXCEED_MEMORY',
        // 128 MiB of shared buffers are a quarter of what a reader has.
        message: expect.stringMatching(
          /^With shared_buffers=128Mi, and work_mem=8Mi in each of 100 connections, .* 928Mi, and each reader gets 512Mi:/,
        ),
      },
    });
    expect(found({memory: '4Gi', postgresConfig: {work_mem: '8MB'}})).toEqual([]);
  });

  test('what is let through fits into every pod, and what is refused does not fit into those that are named', () => {
    const size = fc.integer({min: 256, max: 8192});
    fc.assert(
      fc.property(size, size, size, fc.constantFrom(0, 1, 2), (setting, writer, own, readReplicaCount) => {
        const message = refusal({
          memory: `${writer}Mi`,
          readers: {memory: `${own}Mi`},
          readReplicaCount,
          sizing: 'off',
          postgresConfig: {maintenance_work_mem: `${setting}MB`},
        });
        const pods = readReplicaCount === 0 ? [writer] : [writer, own];
        expect(message === null).toBe(pods.every((memoryOfPod) => setting < memoryOfPod));
        if (message === null || pods.length === 1 || writer === own) return;
        expect(message.includes('the writer gets')).toBe(setting >= writer);
        expect(message.includes('each reader gets')).toBe(setting >= own);
        // What is given as right is: with it nothing is refused.
        const [, flag = '', enough = ''] = /, or (--\S+) (\S+)\. Nothing/.exec(message) ?? [];
        const raised = flag === '--memory' ? {memory: enough} : {readers: {memory: enough}};
        const readersAsWriter = flag === '--memory' && setting >= own ? {readers: {}} : {};
        const again = {
          memory: `${writer}Mi`,
          readers: {memory: `${own}Mi`},
          ...raised,
          ...readersAsWriter,
          readReplicaCount,
        };
        const postgresConfig = {maintenance_work_mem: `${setting}MB`};
        expect(refusal({...again, sizing: 'off', postgresConfig})).toBeNull();
      }),
    );
  });
});

describe('the field of the form', () => {
  const beside = (text: string, memoryText: string, others = {}) =>
    postgresConfig.problemBeside(text, {memory: memoryText, ...others});
  test('says it while both are typed', () => {
    expect(beside('shared_buffers=8GB, jit=off', '2Gi')).toContain('shared_buffers=8GB is 8Gi');
    for (const other of ['', 'nonsense', '16Gi']) expect(beside('shared_buffers=8GB', other)).toBeNull();
    expect(beside('shared_buffers=', '2Gi')).toBeNull();
  });

  test('says it of the readers, where theirs is typed', () => {
    const own = {'readers.memory': '512Mi'};
    for (const writer of ['2Gi', '']) expect(beside('shared_buffers=1GB', writer, own)).toContain('each reader gets');
    expect(beside('shared_buffers=1GB', '2Gi', {...own, readReplicaCount: '0'})).toBeNull();
    expect(beside('shared_buffers=128MB', '2Gi', own)).toBeNull();
  });
});
