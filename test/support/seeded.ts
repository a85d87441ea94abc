// Numbers that look random and are the same for the same seed.

/** From 0 to below 1. By the generator of Numerical Recipes. */
export function seeded(seed: number): () => number {
  let state = Math.imul(seed, 2654435761) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
