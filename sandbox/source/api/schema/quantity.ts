// Quantities in the form in which the API server gives them back: 1000m is 1, 0.5 is 500m, 1024Mi is 1Gi.
import {parseQuantity} from '../../quantity.ts';

const nano = 1_000_000_000n;
const binary: readonly (readonly [string, bigint])[] = ['Ei', 'Pi', 'Ti', 'Gi', 'Mi', 'Ki'].map((unit, index) => [
  unit,
  1024n ** BigInt(6 - index),
]);
const decimal: readonly (readonly [string, bigint])[] = ['E', 'P', 'T', 'G', 'M', 'k', ''].map((unit, index) => [
  unit,
  1000n ** BigInt(6 - index),
]);

/** Null for what is no quantity. Source: apimachinery, resource.Quantity.CanonicalizeBytes. */
export function canonicalQuantity(text: string): string | null {
  const value = parseQuantity(text);
  return value === null ? null : formatQuantity(value, /[KMGTPE]i$/.test(text) ? 'binary' : 'decimal');
}

/** @param value in billionths */
export function formatQuantity(value: bigint, form: 'binary' | 'decimal'): string {
  if (value === 0n) return '0';
  const sign = value < 0n ? '-' : '';
  const amount = value < 0n ? -value : value;
  if (amount % nano !== 0n) {
    for (const [unit, size] of [
      ['m', 1_000_000n],
      ['u', 1_000n],
      ['n', 1n],
    ] as const)
      if (amount % size === 0n) return `${sign}${amount / size}${unit}`;
  }
  const whole = amount / nano;
  // A value below 1024 has no binary unit.
  for (const [unit, size] of form === 'binary' && whole >= 1024n ? binary : decimal)
    if (whole % size === 0n) return `${sign}${whole / size}${unit}`;
  return `${sign}${whole}`;
}
