// The client, loaded when the screens first ask for something: what it needs takes longer to load than the first frame
// takes to draw.
import type {Client} from './types.ts';

/**
 * `load` is called once. A member that answers at once, without a promise, works only after the first answer; screens
 * ask for contexts first.
 */
export function lazyClient(timeoutMs: number, load: () => Promise<Client>): Client {
  let loading: Promise<Client> | null = null;
  let loaded: Client | null = null;
  const client = async () => (loaded ??= await (loading ??= load()));
  const members = new Proxy({timeoutMs} as Client, {
    get(known, name: keyof Client) {
      if (loaded) return Reflect.get(loaded, name) as unknown;
      if (name in known) return Reflect.get(known, name) as unknown;
      return async (...args: unknown[]) => {
        const member = Reflect.get(await client(), name) as (...args: unknown[]) => unknown;
        return Reflect.apply(member, undefined, args);
      };
    },
  });
  return members;
}
