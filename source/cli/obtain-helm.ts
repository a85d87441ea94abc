// When no usable helm is found: fetches one where --fetch-helm or a person who was asked allows it.
import {UserError, type Cause} from '../core/cause.ts';
import {clock} from '../core/time.ts';
import {canFetchHelm, fetchHelm, offersFetch} from '../client/fetched-helm.ts';
import type {HelmProgram} from '../client/settings.ts';
import type {Command, Invocation} from './command.ts';
import {ask, mayQuestion} from './confirm.ts';
import {repaintsLines} from './options.ts';
import {printLines} from './output/text/fit-lines.ts';

/** Where lines are not repainted, they come no more often than this. */
const lineEveryMs = 5000;

/**
 * @param command for which helm is missing; not each has the flag --fetch-helm
 * @throws UserError with what was missing where nobody allows fetching, or with what kept helm from being fetched
 */
export async function obtainHelm(
  invocation: Invocation,
  missing: Cause,
  command: Pick<Command, 'options'>,
): Promise<HelmProgram> {
  const {environment, signal, options} = invocation;
  if (!canFetchHelm() || (options['fetchHelm'] !== true && !(await isAllowed(invocation, missing))))
    throw new UserError(command.options.some(({syntax}) => syntax === '--fetch-helm') ? withFlag(missing) : missing);
  const {onDoing, end} = progressOf(invocation);
  try {
    const program = await fetchHelm({environment, signal, onDoing});
    end(`helm ${program.version} is at ${program.path}, for this program alone.`);
    return program;
  } catch (error) {
    end(null);
    throw error;
  }
}

function withFlag(missing: Cause): Cause {
  const remedies = missing.remedies.map((remedy) =>
    offersFetch(remedy) ? {...remedy, title: `${remedy.title} (--fetch-helm)`} : remedy,
  );
  return {...missing, remedies};
}

/** helm is never fetched silently: with --yes nobody is asked, and then only --fetch-helm allows it. */
async function isAllowed(invocation: Invocation, missing: Cause): Promise<boolean> {
  const {options, stdout, signal} = invocation;
  // Whoever tries the sandbox wants to see something, and Enter goes on; for a cluster it has to be a yes.
  const isForSandbox = options['sandbox'] === true;
  if (!mayQuestion(invocation) || signal.aborted) return false;
  const offer = missing.remedies.find(offersFetch);
  if (!offer) return false;
  printLines(stdout, [missing.message]);
  return ask(invocation, `${offer.title}?`, isForSandbox);
}

/** On a terminal one line that is written again, elsewhere a line from time to time; nothing beside JSON. */
function progressOf(invocation: Invocation): {
  onDoing: (text: string) => void;
  end: (text: string | null) => void;
} {
  const {output, stderr} = invocation;
  if (output !== 'text') return {onDoing: () => undefined, end: () => undefined};
  const repaints = repaintsLines(invocation);
  let saidAt = -Infinity;
  let about = '';
  return {
    onDoing(text) {
      const now = clock.now();
      // The part before the colon stays the same as long as the same thing is being done.
      const isOther = about !== text.split(':')[0];
      if (!isOther && now - saidAt < (repaints ? 100 : lineEveryMs)) return;
      saidAt = now;
      about = text.split(':')[0] ?? '';
      stderr.write(repaints ? `\r\u001b[K${text}` : `${text}\n`);
    },
    end(text) {
      if (repaints) stderr.write('\r\u001b[K');
      if (text !== null) printLines(stderr, [text]);
    },
  };
}
