// The sandbox's process, which ensureSandbox starts: serves until it is told to stop.
import {SandboxError} from './error.ts';
import {sandboxFiles} from './folder.ts';
import {serveSandbox} from './serve.ts';

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // The second signal ends it at once; its PostgreSQL processes end with it.
    if (stop.signal.aborted) process.exit(1);
    stop.abort();
  });
}

try {
  await serveSandbox(sandboxFiles(process.env), stop.signal);
} catch (error) {
  // For the log: whoever started the process has been told already.
  const text =
    error instanceof SandboxError
      ? [error.message, ...error.problem.evidence].join('\n')
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error);
  process.stderr.write(`${text}\n`);
  // What was started before the failure would keep the process alive, and nobody would know of it.
  process.exit(1);
}
