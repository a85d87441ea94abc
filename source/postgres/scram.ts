// What PostgreSQL keeps of a password: enough to tell the right one, not to log in with. RFC 5803, RFC 7677.
import {createHash, createHmac, pbkdf2Sync, randomBytes} from 'node:crypto';

/** PostgreSQL's own number. */
const iterations = 4096;

/**
 * @param password of ASCII alone: others would have to be prepared as RFC 4013 says, and differently by some clients
 */
export function scramVerifier(password: string, salt: Uint8Array = randomBytes(16)): string {
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const hmac = (text: string) => createHmac('sha256', salted).update(text).digest();
  const stored = createHash('sha256').update(hmac('Client Key')).digest('base64');
  const server = hmac('Server Key').toString('base64');
  return `SCRAM-SHA-256$${iterations}:${Buffer.from(salt).toString('base64')}$${stored}:${server}`;
}
