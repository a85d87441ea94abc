import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {
  bytesOf,
  compareQuantities,
  formatBytes,
  formatMilliCpu,
  milliCpuOf,
  parseQuantity,
} from '../../../source/parameters/quantity.ts';

describe('bytesOf', () => {
  it.each([
    ['20Gi', 21_474_836_480],
    ['0.5Gi', 536_870_912],
    ['1.5Ti', 1_649_267_441_664],
    ['5e9', 5_000_000_000],
    ['5E9', 5_000_000_000],
    ['1E', 1e18],
    ['1k', 1000],
    ['+1M', 1_000_000],
    ['.5k', 500],
    ['1.', 1],
    ['1500m', 2],
    ['1e-3', 1],
    ['3956844Ki', 4_051_808_256],
    ['0', 0],
  ])('%s is %d bytes, rounded up as Kubernetes does', (text, bytes) => {
    expect(bytesOf(text)).toBe(bytes);
  });
});

describe('milliCpuOf', () => {
  it.each([
    ['500m', 500],
    ['2', 2000],
    ['0.25', 250],
    ['1930m', 1930],
    ['100u', 1],
    ['1n', 1],
    ['-500m', -500],
  ])('%s is %d thousandths', (text, milliCpu) => {
    expect(milliCpuOf(text)).toBe(milliCpu);
  });
});

describe('parseQuantity', () => {
  it.each([
    '',
    ' ',
    '.',
    '-',
    'Gi',
    '20GB',
    '20 Gi',
    ' 20Gi',
    '20gi',
    '20K',
    '1ki',
    '1e',
    'e3x',
    '1e3.5',
    '1e3Gi',
    '0x10',
    '1,5Gi',
    '1..5',
    '1_000',
    'NaN',
    '١Gi',
    '1i',
    '20Gi\n',
  ])('refuses "%s" as Kubernetes does', (text) => {
    expect(parseQuantity(text)).toBeNull();
    expect(() => bytesOf(text)).toThrow('is not a Kubernetes quantity');
  });

  it('stops at the largest that Kubernetes knows, and does not take long over it', () => {
    expect(parseQuantity('9e999999999')).toBe((2n ** 63n - 1n) * 1_000_000_000n);
    expect(parseQuantity('9e-999999999')).toBe(1n);
    expect(parseQuantity('9'.repeat(100_000))).toBeNull();
  });
});

describe('compareQuantities', () => {
  it('compares amounts, not texts', () => {
    expect(compareQuantities('1Gi', '1024Mi')).toBe(0);
    expect(compareQuantities('1G', '1Gi')).toBeLessThan(0);
    expect(compareQuantities('0.5', '499m')).toBeGreaterThan(0);
  });
});

describe('formatBytes', () => {
  it.each([
    [21_474_836_480, '20Gi'],
    [1_610_612_736, '1536Mi'],
    [1000, '1000'],
    [0, '0'],
  ])('%d is %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it('gives what bytesOf reads back', () => {
    fc.assert(fc.property(fc.maxSafeNat(), (bytes) => bytesOf(formatBytes(bytes)) === bytes));
    fc.assert(fc.property(fc.nat(), (milliCpu) => milliCpuOf(formatMilliCpu(milliCpu)) === milliCpu));
  });
});
