// Names with five letters at the end, as Kubernetes makes them.
const letters = 'bcdfghjklmnpqrstvwxz2456789';

/** `base` is shortened where the name would be longer than 63 characters. */
export function anyName(base: string): string {
  const suffix = Array.from({length: 5}, () => letters[Math.floor(Math.random() * letters.length)]);
  return `${base.slice(0, 58)}${suffix.join('')}`;
}
