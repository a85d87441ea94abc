// Where a pod's pg_dump finds its server, and the tool itself, which is fetched for the first dump.
import {SandboxError} from '../../error.ts';
import type {Program} from './gateway.ts';

/** What a shell exits with when a program does not exist. */
const notFound = 127;

export function dumpPlace(findTool: () => Promise<string>): Program {
  return async ({words: [host = '', port = ''], reach, out, err}) => {
    const there = await reach(host, Number(port));
    if (!there) {
      err(`could not translate host name "${host}" to address: Name or service not known`);
      return 1;
    }
    try {
      out(JSON.stringify({...there, tool: await findTool()}));
      return 0;
    } catch (error) {
      if (!(error instanceof SandboxError)) throw error;
      err([error.message, ...error.problem.evidence].join('\n'));
      return notFound;
    }
  };
}
