// The part of SPDY/3.1 that port-forwarding uses: streams with headers, data, pings.
import {constants, createDeflate, createInflate, type Deflate, type Inflate} from 'node:zlib';

type Frame =
  | {readonly is: 'data'; readonly stream: number; readonly fin: boolean; readonly data: Buffer}
  | {readonly is: 'open'; readonly stream: number; readonly headers: ReadonlyMap<string, string>}
  | {readonly is: 'reset'; readonly stream: number}
  | {readonly is: 'ping'; readonly id: number}
  | {readonly is: 'other'};

const types = {open: 1, reply: 2, reset: 3, ping: 6} as const;
const finFlag = 1;
const headBytes = 8;

// The dictionary with which both ends compress headers. Source: the SPDY/3 draft, 2.6.10.1.
const words =
  'options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age ' +
  'allow authorization cache-control connection content-base content-encoding content-language content-length ' +
  'content-location content-md5 content-range content-type date etag expect expires from host if-match ' +
  'if-modified-since if-none-match if-range if-unmodified-since last-modified location max-forwards pragma ' +
  'proxy-authenticate proxy-authorization range referer retry-after server te trailer transfer-encoding upgrade ' +
  'user-agent vary via warning www-authenticate method get status 200_OK version HTTP/1.1 url public set-cookie ' +
  'keep-alive origin';
const codes =
  '100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505203 ' +
  'Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized403 ' +
  'Forbidden404 Not Found500 Internal Server Error501 Not Implemented503 Service UnavailableJan Feb Mar Apr May ' +
  'Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, ' +
  'GMTchunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,' +
  'text/javascript,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.';
const dictionary = Buffer.concat([
  ...words.split(' ').map((word) => counted(word.replace('_', ' '))),
  Buffer.from(codes),
]);

function counted(text: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.byteLength(text));
  return Buffer.concat([length, Buffer.from(text)]);
}

/** One end of a connection: the compression of headers goes on over the whole connection. */
export class SpdyCodec {
  readonly #inflate: Inflate = createInflate({dictionary});
  readonly #deflate: Deflate = createDeflate({dictionary});
  #rest: Buffer = Buffer.alloc(0);

  constructor() {
    // A broken stream ends the connection through the promise of its reader.
    this.#inflate.on('error', () => undefined);
  }

  /** The frames that these bytes complete. Await it before the next call. */
  async *read(bytes: Buffer): AsyncGenerator<Frame> {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    while (this.#rest.length >= headBytes) {
      const end = headBytes + this.#rest.readUIntBE(5, 3);
      if (this.#rest.length < end) return;
      const frame = this.#rest.subarray(0, end);
      this.#rest = this.#rest.subarray(end);
      yield await this.#parse(frame);
    }
  }

  async #parse(frame: Buffer): Promise<Frame> {
    const first = frame.readUInt32BE(0);
    const body = frame.subarray(headBytes);
    if (first < 0x80000000) return {is: 'data', stream: first, fin: ((frame[4] ?? 0) & finFlag) !== 0, data: body};
    switch (first & 0xffff) {
      case types.open:
        return {is: 'open', stream: body.readUInt32BE(0) & 0x7fffffff, headers: await this.#headers(body.subarray(10))};
      case types.reset:
        return {is: 'reset', stream: body.readUInt32BE(0) & 0x7fffffff};
      case types.ping:
        return {is: 'ping', id: body.readUInt32BE(0)};
      default:
        return {is: 'other'};
    }
  }

  async #headers(block: Buffer): Promise<Map<string, string>> {
    await new Promise<void>((resolve, reject) =>
      this.#inflate.write(block, (error) => (error ? reject(error) : resolve())),
    );
    const text = (this.#inflate.read() ?? Buffer.alloc(4)) as Buffer;
    const headers = new Map<string, string>();
    let at = 4;
    const next = () => {
      const length = text.readUInt32BE(at);
      at += 4 + length;
      return text.toString('utf8', at - length, at);
    };
    for (let left = text.readUInt32BE(0); left > 0; left--) headers.set(next().toLowerCase(), next());
    return headers;
  }

  /** The answer, without headers, to a stream that the other end opened. */
  async reply(stream: number): Promise<Buffer> {
    this.#deflate.write(Buffer.alloc(4));
    await new Promise<void>((resolve) => this.#deflate.flush(constants.Z_SYNC_FLUSH, resolve));
    const block = (this.#deflate.read() ?? Buffer.alloc(0)) as Buffer;
    return control(types.reply, Buffer.concat([number(stream), block]));
  }

  close(): void {
    this.#inflate.close();
    this.#deflate.close();
  }
}

export function dataFrame(stream: number, data: Buffer, fin = false): Buffer {
  const head = Buffer.alloc(headBytes);
  head.writeUInt32BE(stream, 0);
  head[4] = fin ? finFlag : 0;
  head.writeUIntBE(data.length, 5, 3);
  return Buffer.concat([head, data]);
}

export function pingFrame(id: number): Buffer {
  return control(types.ping, number(id));
}

function control(type: number, body: Buffer): Buffer {
  const head = Buffer.alloc(headBytes);
  head.writeUInt16BE(0x8003, 0);
  head.writeUInt16BE(type, 2);
  head.writeUIntBE(body.length, 5, 3);
  return Buffer.concat([head, body]);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
