// The desk, loaded when the screens first ask for something: what it needs takes longer to load than the first frame to
// draw.
import type {Desk} from '../../faces/ink/desk.ts';

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
      if (loaded) return loaded[name];
      if (name in known) return known[name];
      return async (...args: unknown[]) => {
        const member: unknown = (await desk())[name];
        return Reflect.apply(member as (...args: unknown[]) => unknown, undefined, args);
      };
    },
  });
  return members;
}
