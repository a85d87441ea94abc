// Keeps what was made of a text, with a bound: what stands for parts of Ink remembers the texts of a frame, not all
// that a busy cluster ever said.

/** More than the longest frame has texts, and too few to matter. */
const most = 1000;

/** `make(...args)`, or what it gave for the same key before. */
export function kept(make, keyOf) {
  const known = new Map();
  return (...args) => {
    const key = keyOf(...args);
    if (known.has(key)) return known.get(key);
    const made = make(...args);
    if (known.size >= most) known.clear();
    known.set(key, made);
    return made;
  };
}
