// Waits for a condition, with a deadline that prints what was there.

export async function waitFor<T>(
  what: string,
  look: () => Promise<T> | T,
  isRight: (seen: T) => boolean,
  {deadlineMs = 60_000, everyMs = 100} = {},
): Promise<T> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const seen = await look();
    if (isRight(seen)) return seen;
    if (performance.now() > end)
      throw new Error(
        `waited ${deadlineMs} ms for ${what}; last seen: ${JSON.stringify(seen, null, 1)?.slice(0, 4000)}`,
      );
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
