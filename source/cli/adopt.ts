// adopt: a release that plain helm made becomes one of ours, where it stands.
import type {AskMemory} from '../client/requests/adopt-request.ts';
import {memoryProblem} from '../parameters/sizes.ts';
import {changeRelease} from './change-release.ts';
import type {Invocation, Run} from './command.ts';
import {mayQuestion} from './confirm.ts';
import {operationOf} from './operation-of.ts';
import {printLines} from './output/text/fit-lines.ts';
import {ask} from './questions/ask.ts';

export const runAdopt: Run = async (invocation) =>
  changeRelease(invocation, operationOf('adopt', invocation), {
    askMemory: mayQuestion(invocation) ? askMemoryOf(invocation) : null,
  });

function askMemoryOf(invocation: Invocation): AskMemory {
  return ({suggestion, why}) => {
    printLines(invocation.stdout, [
      `${invocation.release ?? 'The release'} has no limit of memory: ${why}. With pg-helm-install each pod has one, ` +
        'and as much is reserved for it.',
    ]);
    return ask(invocation, 'Memory of each pod', suggestion, memoryProblem);
  };
}
