// What the API needs from the runtime of pods: their logs, commands in them, and where their ports listen.
export interface ContainerName {
  readonly namespace: string;
  readonly name: string;
  readonly container: string;
}

export interface LogLine {
  readonly time: Date;
  readonly line: string;
}

interface ExecStreams {
  readonly stdin: NodeJS.ReadableStream | null;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  readonly signal: AbortSignal;
}

export interface PodRuntime {
  /**
   * Lines as the container wrote them. `follow`: until the signal or the container ends. `previous`: of the run before.
   */
  logs(
    pod: ContainerName,
    options: {readonly follow: boolean; readonly previous: boolean; readonly signal: AbortSignal},
  ): AsyncIterable<LogLine>;
  /** Runs a command in the container. @returns its exit code */
  exec(pod: ContainerName, command: readonly string[], streams: ExecStreams): Promise<number>;
  /** Where that port of the pod listens on this machine. Null: nothing listens. */
  address(
    pod: {readonly namespace: string; readonly name: string},
    port: number,
  ): {readonly host: string; readonly port: number} | null;
}
