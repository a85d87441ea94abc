// Settings of PostgreSQL as an operator writes them, and those that follow from the sizes.
import fc from 'fast-check';
import {describe, expect, it, test} from 'vitest';
import {ownConfiguration, readOwnConfiguration, settingsByName} from '../../../source/chart/configuration-text.ts';
import {fromValues, toValues} from '../../../source/chart/values.ts';
import {answersFromFlags, mergeAnswers} from '../../../source/parameters/answers.ts';
import {nearestSetting, normalizedValue, settingNamed} from '../../../source/parameters/postgres-settings.ts';
import {bytesOf} from '../../../source/parameters/quantity.ts';
import {resolve} from '../../../source/parameters/resolve.ts';
import {sizedSettings} from '../../../source/parameters/sized-settings.ts';
import {settingsChange} from '../../../source/plan/settings-change.ts';
import {ordinary} from '../../support/arbitrary-parameters.ts';

const nowhere = {nodes: null, storageClasses: null, cloud: null};
const given = (...postgresConfig: readonly string[]) => answersFromFlags({postgresConfig}).postgresConfig;
const normal = (name: string, value: string) => {
  const setting = settingNamed(name);
  if (setting === null) throw new Error(`${name} is not known`);
  return normalizedValue(setting, value);
};

describe('--postgres-config', () => {
  it('is read one by one, in the spelling of the server', () => {
    expect(given('WORK_MEM = 16MB', 'timezone=UTC', 'search_path=a,b=c', "log_line_prefix=''")).toEqual({
      work_mem: '16MB',
      TimeZone: 'UTC',
      search_path: 'a,b=c',
      log_line_prefix: '',
    });
  });

  it('is taken back by an empty value, and the later one of two counts', () => {
    const earlier = {postgresConfig: {work_mem: '1MB', jit: 'off'}};
    const merged = mergeAnswers({postgresConfig: {work_mem: null}}, earlier);
    expect(resolve({...merged, sizing: 'off'}, nowhere).postgresConfig).toEqual({jit: 'off'});
    expect(given('jit=on', 'jit=off')).toEqual({jit: 'off'});
  });

  it.each([
    ['wrok_mem=1MB', 'Did you mean work_mem?'],
    ['zzzzzzzzzzzz=1', 'has no setting zzzzzzzzzzzz.'],
    ['work_mem=1kg', '"1kg" is not a value of work_mem. Use a number from 64 to 2147483647, counted in kB'],
    ['work_mem=10ms', 'is not a value of work_mem'],
    ['work_mem=1kB', 'is not a value of work_mem'],
    ['min_wal_size=31MB', 'Use a number from 32 to'],
    ['max_wal_size=16MB', 'Use a number from 32 to'],
    ['jit=maybe', 'Use on or off'],
    ['wal_compression=best', 'one of pglz, lz4, zstd, on, off'],
    ['log_line_prefix={{ .Values }}', 'may not hold {{'],
    ['log_line_prefix=a\nb', 'line breaks'],
    ['work_mem', 'is not a setting. Use key=value'],
    ['Port=5433', 'port is not to be set'],
    ['synchronous_standby_names=*', 'use --synchronous-replicas instead'],
    ['ssl_ca_file=x', 'use --tls instead'],
  ])('refuses %j', (text, problem) => expect(() => given(text)).toThrow(problem));

  it('and the settings of the file for --values exclude each other', () => {
    const extraValues = {primary: {extendedConfiguration: 'work_mem = 1MB'}};
    expect(resolve({extraValues}, nowhere)).toMatchObject({sizing: 'off', postgresConfig: {}});
    const both = /--postgres-config and primary.extendedConfiguration/;
    expect(() => resolve({extraValues, postgresConfig: {jit: 'off'}}, nowhere)).toThrow(both);
    expect(() => resolve({extraValues, sizing: 'auto'}, nowhere)).toThrow(/--sizing auto and primary/);
  });
});

test('numbers are the same in any unit, as pg_settings has them', () => {
  expect(normal('shared_buffers', '512MB')).toBe('65536');
  expect(normal('work_mem', '1.5MB')).toBe('1536');
  expect(normal('log_min_duration_statement', '2s')).toBe('2000');
  expect(normal('checkpoint_timeout', '5min')).toBe('300');
  expect(normal('random_page_cost', '1.1')).toBe('1.1');
  expect(nearestSetting('max_conections')).toBe('max_connections');
});

test('our text says again what it was made of, whatever the values hold', () => {
  const text = fc.string({maxLength: 20}).filter((one) => !/[\0-\x1f\x7f]/.test(one));
  fc.assert(
    fc.property(fc.constantFrom('auto' as const, 'off' as const), text, text, (sizing, a, b) => {
      const config = {log_line_prefix: a, search_path: b};
      const own = {sizing, config, synchronousReplicas: 0};
      const written = ownConfiguration(own, ordinary);
      expect(readOwnConfiguration(written)).toEqual(own);
      expect(settingsByName(written)?.get('log_line_prefix')).toBe(a);
    }),
  );
});

test('text of somebody else stays with the extra values, and a release without any has sizing off', () => {
  const extraValues = {primary: {extendedConfiguration: '# mine\nwork_mem = 1MB\n'}};
  const foreign = toValues({...ordinary, extraValues}, {fullname: 'orders-postgresql'});
  expect(fromValues(foreign)).toEqual({...ordinary, extraValues});
  expect(fromValues(toValues(ordinary, {fullname: 'orders-postgresql'}))).toMatchObject({
    sizing: 'off',
    postgresConfig: {},
  });
});

describe('sized settings', () => {
  const mebibytes = fc.integer({min: 256, max: 1024 * 1024});
  const millis = fc.integer({min: 1, max: 128_000});
  const gibibytes = fc.integer({min: 1, max: 64 * 1024});
  const sized = (memory: number, cpu = 1000, disk = 20) =>
    sizedSettings({memory: `${memory}Mi`, cpu: `${cpu}m`, storageSize: `${disk}Gi`});
  const number = (settings: Readonly<Record<string, string>>, name: string) =>
    Number(normal(name, settings[name] ?? '') ?? Number.NaN);
  const inBytes = (settings: Readonly<Record<string, string>>, name: string) =>
    bytesOf((settings[name] ?? '').replace('kB', 'Ki').replace('MB', 'Mi'));

  it('are values that the server takes', () => {
    fc.assert(
      fc.property(mebibytes, millis, gibibytes, (memory, cpu, disk) => {
        for (const [name, value] of Object.entries(sized(memory, cpu, disk)))
          expect(normal(name, value)).not.toBeNull();
      }),
    );
  });

  it('never use more memory than there is, with two hash tables a connection and all autovacuum workers', () => {
    fc.assert(
      fc.property(mebibytes, (memory) => {
        const settings = sized(memory);
        const connections = number(settings, 'max_connections') * 2 * inBytes(settings, 'work_mem');
        const maintenance = 4 * inBytes(settings, 'maintenance_work_mem');
        const all = inBytes(settings, 'shared_buffers') + connections + maintenance;
        expect(all).toBeLessThanOrEqual(memory * 1024 * 1024);
      }),
    );
  });

  it('never use more than a quarter of the volume for WAL', () => {
    fc.assert(
      fc.property(gibibytes, (disk) => {
        const settings = sized(512, 1000, disk);
        const wal = inBytes(settings, 'max_wal_size') + inBytes(settings, 'wal_keep_size');
        expect(wal).toBeLessThanOrEqual((disk * 1024 ** 3) / 4);
      }),
    );
  });

  it('leave most of the disk to data also while a reader is away', () => {
    fc.assert(
      fc.property(gibibytes, (disk) => {
        const settings = sized(512, 1000, disk);
        const kept = inBytes(settings, 'max_wal_size') + inBytes(settings, 'max_slot_wal_keep_size');
        expect(kept).toBeLessThanOrEqual((disk * 1024 ** 3) / 2);
      }),
    );
  });

  it('never fall with more memory, CPU or disk', () => {
    const two = (one: fc.Arbitrary<number>) => fc.tuple(one, one).map((pair) => pair.sort((a, b) => a - b));
    fc.assert(
      fc.property(two(mebibytes), two(millis), two(gibibytes), ([m, n], [c, d], [g, h]) => {
        const [less, more] = [sized(m ?? 256, c, g), sized(n ?? 256, d, h)];
        for (const name of Object.keys(less).filter((one) => one !== 'huge_pages'))
          expect(`${name} ${number(more, name) >= number(less, name)}`).toBe(`${name} true`);
      }),
    );
  });

  it('are what a careful person would write for 2Gi', () => {
    expect(sized(2048)).toMatchObject({
      shared_buffers: '512MB',
      effective_cache_size: '1536MB',
      max_connections: '102',
    });
  });

  it('give way to what is given by name', () => {
    const text = ownConfiguration({config: {shared_buffers: '1GB'}, sizing: 'auto', synchronousReplicas: 0}, ordinary);
    expect(text.match(/shared_buffers/g)).toHaveLength(1);
    expect(settingsByName(text)?.get('shared_buffers')).toBe('1GB');
  });
});

describe('what a change of the file asks for', () => {
  const now = {work_mem: {context: 'user', value: '4096'}, max_connections: {context: 'postmaster', value: '100'}};
  it('is a reload where the server takes it so, and a restart where it does not, or nobody knows', () => {
    const before = 'work_mem = 4MB\nmax_connections = 100';
    const asked = (after: string, said: Parameters<typeof settingsChange>[2] = now) =>
      settingsChange(before, after, said)?.needsRestart;
    expect(asked('work_mem = 5MB\nmax_connections = 100')).toEqual([]);
    expect(asked('work_mem = 4MB\nmax_connections = 120')).toEqual(['max_connections']);
    expect(asked('work_mem = 4MB\nmax_connections = 120', null)).toEqual(['max_connections']);
    expect(asked(`${before}\npgaudit.log = 'ddl'`)).toEqual(['pgaudit.log']);
    expect(asked(`${before}\ninclude 'other.conf'`)).toBeUndefined();
  });

  it('is a restart where an interrupted change left the server behind', () => {
    const text = 'max_connections = 120';
    expect(settingsChange(text, text, now)).toEqual({differs: [], needsRestart: ['max_connections']});
  });
});
