// What the sessions of the writer do, asked once a second.
import type {ActivityPort} from '../../operations/ports/activity.ts';
import {askActivity, endSession} from '../../postgres/activity.ts';
import type {Administration} from '../../postgres/administer.ts';
import type {AdapterContext} from './context.ts';

export function activityPort({writer}: AdapterContext): ActivityPort {
  let known: string | null = null;
  // The password is read from the Secret once, and again only when the server gave no answer.
  const asked: Administration = {...writer, password: async () => (known ??= await writer.password())};
  return {
    async activity() {
      const answer = await askActivity(asked);
      if (answer === null) known = null;
      return answer;
    },
    endSession: (session, what) => endSession(writer, session, what),
  };
}
