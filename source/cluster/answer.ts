// An answer of the Kubernetes API, read to its end.
import type {IncomingMessage} from 'node:http';

/** The API server could not be reached, or the connection broke off. What was asked may or may not have happened. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  constructor(
    message: string,
    /** The connection was established, and then broke off. */
    readonly isBroken = false,
  ) {
    super(message);
  }
}

/** An answer that is not JSON comes from a proxy or a login page in between: the API server itself was not reached. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new ConnectionError(`the answer is not that of a Kubernetes API: ${text.trim().slice(0, 200)}`);
  }
}

export async function collect(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of answer) chunks.push(chunk as Buffer);
  } catch (error) {
    throw new ConnectionError(error instanceof Error ? error.message : String(error), true);
  }
  return Buffer.concat(chunks).toString('utf8');
}
