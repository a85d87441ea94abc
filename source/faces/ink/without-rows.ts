// Keeps from Ink how high the terminal is. Ink 6 wipes the screen and the history (`ESC[3J`) whenever a frame was as
// high as the
// terminal, also for the one moment in which the terminal has just shrunk; not knowing the height, it never does.

const originals = new WeakMap<NodeJS.WriteStream, NodeJS.WriteStream>();

export function withoutRows(stdout: NodeJS.WriteStream): NodeJS.WriteStream {
  const proxy = new Proxy(stdout, {
    get(stream, name) {
      if (name === 'rows') return undefined;
      const value: unknown = Reflect.get(stream, name);
      return typeof value === 'function' ? value.bind(stream) : value;
    },
  });
  originals.set(proxy, stdout);
  return proxy;
}

/** The stream as it is, for those who lay out. */
export function withRows(stdout: NodeJS.WriteStream): NodeJS.WriteStream {
  return originals.get(stdout) ?? stdout;
}
