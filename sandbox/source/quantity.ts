// Kubernetes quantities: text such as 20Gi, 500m or 1e3.

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
  // No text of 64 characters needs more than this to reach the largest or the smallest quantity.
  const power = 10n ** BigInt(Math.min(Math.abs(exponent), 100));
  return exponent < 0 ? {times: 1n, dividedBy: power} : {times: power, dividedBy: 1n};
}
