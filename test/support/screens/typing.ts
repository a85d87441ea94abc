// Somebody who types fast, and the same way every time.

/** Text of `length` ASCII characters and the bursts of 1 to 50 in which it is typed. */
export function bursts(length: number, seed: number): {readonly text: string; readonly chunks: readonly string[]} {
  let state = seed;
  // Numerical Recipes' linear congruential generator.
  const random = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const text = Array.from({length}, () => String.fromCharCode(33 + random(94))).join('');
  const chunks: string[] = [];
  for (let at = 0; at < length; at += chunks.at(-1)?.length ?? 1) chunks.push(text.slice(at, at + 1 + random(50)));
  return {text, chunks};
}
