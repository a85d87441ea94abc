// Kubernetes quantities: text such as 20Gi, 500m or 1e3, compared and counted without rounding errors.
import {badInput} from '../core/cause.ts';

const shape = /^([+-]?)(?:(\d+)\.?(\d*)|\.(\d+))([A-Za-z]?i?|[eE][+-]?\d+)$/;
const decimalExponents: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const binaryUnits = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const nano = 1_000_000_000n;
/** Kubernetes API: a quantity never exceeds 2^63 − 1; what is larger counts as that. */
const largest = (2n ** 63n - 1n) * nano;

/**
 * The quantity in billionths, rounded away from zero as Kubernetes does; null for what Kubernetes refuses. Source:
 * apimachinery, resource.ParseQuantity.
 */
export function parseQuantity(text: string): bigint | null {
  const match = text.length > 64 ? null : shape.exec(text);
  if (match === null) return null;
  const [, sign, whole = '', fraction = match[4] ?? '', , suffix = ''] = match;
  const multiplier = multiplierOf(suffix);
  if (multiplier === null) return null;
  const scaled = BigInt(`0${whole}${fraction}`) * multiplier.times * nano;
  const divisor = 10n ** BigInt(fraction.length) * multiplier.dividedBy;
  const rounded = (scaled + divisor - 1n) / divisor;
  const value = rounded > largest ? largest : rounded;
  return sign === '-' ? -value : value;
}

function multiplierOf(suffix: string): {times: bigint; dividedBy: bigint} | null {
  const binary = binaryUnits.indexOf(suffix);
  if (binary >= 0) return {times: 1024n ** BigInt(binary + 1), dividedBy: 1n};
  const exponent = /^[eE][+-]?\d/.test(suffix) ? Number(suffix.slice(1)) : decimalExponents[suffix];
  if (exponent === undefined) return null;
  // In a text of 64 characters, no larger exponent is needed to reach the largest or the smallest quantity.
  const power = 10n ** BigInt(Math.min(Math.abs(exponent), 100));
  return exponent < 0 ? {times: 1n, dividedBy: power} : {times: power, dividedBy: 1n};
}

function parsed(text: string): bigint {
  const value = parseQuantity(text);
  if (value === null) throw badInput(`"${text}" is not a Kubernetes quantity. Use, for example, 20Gi, 512Mi or 500m.`);
  return value;
}

const roundUp = (value: bigint, unit: bigint): number => Number(value > 0n ? (value + unit - 1n) / unit : value / unit);

/** Whole bytes, rounded up. Throws UserError BAD_INPUT for what is no quantity. */
export function bytesOf(text: string): number {
  return roundUp(parsed(text), nano);
}

/** Thousandths of a CPU, rounded up. Throws UserError BAD_INPUT for what is no quantity. */
export function milliCpuOf(text: string): number {
  return roundUp(parsed(text), nano / 1000n);
}

/** Negative when `a` is less than `b`, 0 when they are the same amount (1Gi and 1024Mi). Throws UserError BAD_INPUT. */
export function compareQuantities(a: string, b: string): number {
  const difference = parsed(a) - parsed(b);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** Bytes as the shortest exact quantity: 21474836480 → 20Gi. */
export function formatBytes(bytes: number): string {
  let value = Math.ceil(bytes);
  let unit = '';
  for (const next of binaryUnits) {
    if (value === 0 || value % 1024 !== 0) break;
    value /= 1024;
    unit = next;
  }
  return `${value}${unit}`;
}

/** A rounded amount for people, for something that grows: 1288490189 → 1.2 GiB. */
export function roughBytes(bytes: number): string {
  const power = Math.min(binaryUnits.length, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const value = bytes / 1024 ** power;
  return power === 0
    ? `${bytes} bytes`
    : `${value < 10 ? value.toFixed(1) : Math.round(value)} ${binaryUnits[power - 1]}B`;
}

/** Thousandths of a CPU as a quantity: 1500 → 1500m, 2000 → 2. */
export function formatMilliCpu(milliCpu: number): string {
  return milliCpu % 1000 === 0 ? String(milliCpu / 1000) : `${milliCpu}m`;
}
