// Asks an exporter of metrics over a forwarded port, because its image may hold no program that could ask.
import type {Duplex} from 'node:stream';

const timeoutMs = 15_000;
const request = 'GET /metrics HTTP/1.0\r\nHost: localhost\r\n\r\n';
/** postgres_exporter: 1 where it could log in. */
const up = /^pg_up(?:\{[^}]*\})? ([01])$/m;

/** @returns null where it does not answer. Never throws. */
export async function exporterIsUp(openStream: () => Promise<Duplex>): Promise<boolean | null> {
  try {
    return await saysUp(await openStream());
  } catch {
    return null;
  }
}

/** A forwarded port does not report the end of an answer, so reading stops at the line that is looked for. */
async function saysUp(stream: Duplex): Promise<boolean | null> {
  let text = '';
  const timer = setTimeout(() => stream.destroy(new Error('the exporter does not answer')), timeoutMs);
  try {
    stream.write(request);
    for await (const chunk of stream) {
      text += String(chunk);
      const [, is] = up.exec(text) ?? [];
      if (is !== undefined) return is === '1';
    }
    return null;
  } finally {
    clearTimeout(timer);
    stream.destroy();
  }
}
