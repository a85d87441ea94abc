// The verifier that PostgreSQL keeps of a password: enough to recognise the right password, not enough to log in with.
// RFC 5803, RFC 7677.
import {createHash, createHmac, pbkdf2Sync, randomBytes} from 'node:crypto';

/** PostgreSQL's own default. */
const iterations = 4096;

/**
 * @param password ASCII only: any other password would have to be prepared as RFC 4013 says, which some clients do
 * differently
 */
export function scramVerifier(password: string, salt: Uint8Array = randomBytes(16)): string {
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const hmac = (text: string) => createHmac('sha256', salted).update(text).digest();
  const stored = createHash('sha256').update(hmac('Client Key')).digest('base64');
  const server = hmac('Server Key').toString('base64');
  return `SCRAM-SHA-256$${iterations}:${Buffer.from(salt).toString('base64')}$${stored}:${server}`;
}
