// Where a pod's pg_dump finds its server, and itself: fetched when somebody dumps first.
import {SandboxError} from '../../error.ts';
import type {Program} from './gateway.ts';

/** As a shell says it of a program that is not there. */
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
