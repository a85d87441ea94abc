// What the programs of the pods connect to: a port of 127.0.0.1 that knows each pod by its token.
import {createServer, type AddressInfo, type Socket} from 'node:net';
import type {ProgramInput} from '../psql/psql.ts';

export interface Caller {
  /** Where names lead from the pod of these programs. */
  readonly reach: ProgramInput['reach'];
  readonly readFile: (path: string, folder: string) => Promise<string>;
}

export type Program = (input: ProgramInput) => Promise<number>;

export interface Gateway {
  /** The value of PGHI_SANDBOX in the environment of a container's programs. */
  readonly variable: (token: string) => string;
  close(): void;
}

interface Request {
  readonly token: string;
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
}

const kinds = {request: 0, input: 1, end: 2, stdout: 1, stderr: 2, exit: 3} as const;

export async function openGateway(
  programs: Readonly<Record<string, Program>>,
  callerOf: (token: string) => Caller | null,
): Promise<Gateway> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
    serve(socket, programs, callerOf);
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const {port} = server.address() as AddressInfo;
  return {
    variable: (token) => `127.0.0.1 ${port} ${token}`,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function serve(
  socket: Socket,
  programs: Readonly<Record<string, Program>>,
  callerOf: (token: string) => Caller | null,
): void {
  const gone = new AbortController();
  const input = new Pieces();
  socket.on('close', () => {
    gone.abort();
    input.end();
  });
  const send = (kind: number, text: string) => {
    const bytes = Buffer.from(text);
    const head = Buffer.alloc(5);
    head[0] = kind;
    head.writeUInt32BE(bytes.length, 1);
    if (!socket.destroyed) socket.write(Buffer.concat([head, bytes]));
  };
  const begin = async ({token, words, environment, folder}: Request): Promise<number> => {
    const caller = callerOf(token);
    const program = programs[words[0] ?? ''];
    if (!caller || !program) {
      send(kinds.stderr, `${words[0]}: the container has ended\n`);
      return 1;
    }
    const {reach, readFile} = caller;
    return program({
      words: words.slice(1),
      environment,
      reach,
      signal: gone.signal,
      stdin: input,
      readFile: (path) => readFile(path, folder),
      out: (text) => send(kinds.stdout, text),
      err: (text) => send(kinds.stderr, text),
    });
  };
  let left = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    left = Buffer.concat([left, chunk]);
    while (left.length >= 5 && left.length >= 5 + left.readUInt32BE(1)) {
      const bytes = Buffer.from(left.subarray(5, 5 + left.readUInt32BE(1)));
      const kind = left[0];
      left = left.subarray(5 + bytes.length);
      if (kind === kinds.input) input.push(bytes);
      else if (kind === kinds.end) input.end();
      else {
        void begin(JSON.parse(bytes.toString('utf8')) as Request)
          .catch((error: unknown) => {
            send(kinds.stderr, `${(error as Error).message}\n`);
            return 1;
          })
          .then((code) => {
            send(kinds.exit, String(code));
            socket.end();
          });
      }
    }
  });
}

/** Standard input as it comes. */
class Pieces implements AsyncIterator<Buffer, undefined> {
  readonly #pieces: Buffer[] = [];
  #ended = false;
  #wake: () => void = () => undefined;

  push(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  async next(): Promise<IteratorResult<Buffer, undefined>> {
    for (;;) {
      const value = this.#pieces.shift();
      if (value) return {value, done: false};
      if (this.#ended) return {value: undefined, done: true};
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
