// The desk, loaded when the screens first ask for something: what it needs takes longer to load than the first frame to
// draw.
import type {Desk} from '../tui/desk.ts';

/**
 * `load` is called once. What answers at once instead of with a promise works from the first answer on; screens ask for
 * contexts first.
 */
export function laterDesk(timeoutMs: number, load: () => Promise<Desk>): Desk {
  let loading: Promise<Desk> | null = null;
  let loaded: Desk | null = null;
  const desk = async () => (loaded ??= await (loading ??= load()));
  const members = new Proxy({timeoutMs} as Desk, {
    get(known, name: keyof Desk) {
      if (loaded) return Reflect.get(loaded, name) as unknown;
      if (name in known) return Reflect.get(known, name) as unknown;
      return async (...args: unknown[]) => {
        const member = Reflect.get(await desk(), name) as (...args: unknown[]) => unknown;
        return Reflect.apply(member, undefined, args);
      };
    },
  });
  return members;
}
