// Why a try at an endpoint failed: one of four reasons, from an error's code or from psql's words.
import type {EndpointFact} from '../observation/snapshot.ts';

export type FailureReason = Extract<EndpointFact['result'], {answered: false}>['reason'];

/** Node's socket and resolver errors: nothing listens, no route, no such name, or the peer went away at once. */
const unreachableCode =
  /^(ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|E(HOST|NET)(UNREACH|DOWN)|ENOTFOUND|EAI_\w+|ETIMEDOUT|EADDRNOTAVAIL|EPERM|EACCES)$/;

/** SQLSTATEs: PostgreSQL manual, appendix A. */
export function reasonOfError(error: unknown): FailureReason {
  const code = codeOf(error);
  if (code === '28P01' || (code === '28000' && /password/i.test(textOf(error)))) return 'password';
  if (code === '57P03') return 'starting';
  if (unreachableCode.test(code)) return 'unreachable';
  // pg has no code for a server that closes without a word, as a load balancer without backends does.
  return /^Connection terminated/.test(textOf(error)) ? 'unreachable' : 'other';
}

const words: readonly (readonly [FailureReason, RegExp])[] = [
  ['password', /password authentication failed|no password supplied/i],
  ['starting', /the database system is (starting up|shutting down|not (yet )?accepting connections|in recovery mode)/i],
  [
    'unreachable',
    /connection refused|timeout expired|timed out|no route to host|network is unreachable|could not translate host name|could not connect|connection reset|server closed the connection/i,
  ],
];

/** The reason in what psql writes to stderr under LC_ALL=C: libpq gives no SQLSTATE for a connection that failed. */
export function reasonOfWords(stderr: string): FailureReason {
  return words.find(([, pattern]) => pattern.test(stderr))?.[0] ?? 'other';
}

/** An error in one line. A host with several addresses makes an AggregateError without a message of its own. */
export function textOf(error: unknown, secrets: readonly string[] = []): string {
  if (error instanceof AggregateError && error.message === '')
    return error.errors.map((one) => textOf(one, secrets)).join('; ');
  return oneLine(error instanceof Error ? error.message : String(error), secrets);
}

/** Servers and drivers do not repeat a password; this makes sure, before white space is folded. */
export function oneLine(text: string, secrets: readonly string[]): string {
  const safe = secrets.reduce((rest, secret) => (secret === '' ? rest : rest.replaceAll(secret, '••••••••')), text);
  return safe.replace(/\s+/g, ' ').trim();
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
