// The messages between the programs of the containers and the sandbox: one byte for the kind, four for the length, then
// the content. The other side is source/kubelet/programs/gateway.ts.
import {connect} from 'node:net';

export const toSandbox = {request: 0, input: 1, endOfInput: 2};
export const fromSandbox = {output: 1, errors: 2, exit: 3};
const headBytes = 5;

/**
 * Has the sandbox run `words` for the container that this process is in. `onFrame` gets the kind and the bytes of each
 * answer. Returns the socket, and a function that sends to it.
 */
export function ask(words, environment, onFrame) {
  // Set in the container's environment.
  const [host, port, token] = (process.env.PGHI_SANDBOX ?? '').split(' ');
  const socket = connect({host, port: Number(port)});
  const send = (kind, bytes = Buffer.alloc(0)) => {
    const head = Buffer.alloc(headBytes);
    head[0] = kind;
    head.writeUInt32BE(bytes.length, 1);
    socket.write(Buffer.concat([head, bytes]));
  };
  let left = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    left = Buffer.concat([left, chunk]);
    while (left.length >= headBytes && left.length >= headBytes + left.readUInt32BE(1)) {
      const bytes = Buffer.from(left.subarray(headBytes, headBytes + left.readUInt32BE(1)));
      const kind = left[0];
      left = left.subarray(headBytes + bytes.length);
      onFrame(kind, bytes);
    }
  });
  send(toSandbox.request, Buffer.from(JSON.stringify({token, words, environment, folder: process.cwd()})));
  return {socket, send};
}
