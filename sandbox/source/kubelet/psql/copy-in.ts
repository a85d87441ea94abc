// COPY … FROM STDIN: the rows that follow the statement go to the server as they are.
import type {Client, Connection, DatabaseError, Submittable} from 'pg';

/** What pg's connection has although its types do not say so. */
interface CopyConnection {
  readonly stream: NodeJS.WritableStream & {readonly writableNeedDrain: boolean};
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/** `rows` is asked only when the server waits for them. @returns how many the server took. @throws DatabaseError */
export function copyIn(client: Client, sql: string, rows: () => AsyncIterable<Buffer>): Promise<number> {
  return new Promise((resolve, reject) => {
    let failure: Error | null = null;
    let taken = 0;
    const send = async (connection: CopyConnection) => {
      for await (const chunk of rows()) {
        // The server may have refused the rows: the rest of them is read and thrown away.
        if (failure) continue;
        connection.sendCopyFromChunk(chunk);
        if (connection.stream.writableNeedDrain)
          await new Promise((go) => connection.stream.once('drain', go).once('close', go));
      }
      if (!failure) connection.endCopyFrom();
    };
    let sent = Promise.resolve();
    const query = {
      submit: (connection: Connection) => connection.query(sql),
      handleCopyInResponse: (connection: CopyConnection) =>
        void (sent = send(connection).catch((error: unknown) => void (failure ??= error as Error))),
      handleCommandComplete: ({text}: {text: string}) => void (taken = Number(/\d+$/.exec(text)?.[0] ?? 0)),
      handleError: (error: DatabaseError) => {
        failure = error;
        void sent.then(() => reject(error));
      },
      handleReadyForQuery: () => void sent.then(() => (failure ? reject(failure) : resolve(taken))),
      handleEmptyQuery: () => undefined,
      handleRowDescription: () => undefined,
      handleDataRow: () => undefined,
      handlePortalSuspended: () => undefined,
    };
    client.query(query as unknown as Submittable);
  });
}
