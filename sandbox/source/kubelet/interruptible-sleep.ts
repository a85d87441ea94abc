// A sleep that can be cut short.
export class InterruptibleSleep {
  #wake: (() => void) | null = null;

  /** Resolves when the time is over or somebody wakes it. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.wake(), Math.max(0, ms));
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = null;
        resolve();
      };
    });
  }

  wake(): void {
    this.#wake?.();
  }
}
