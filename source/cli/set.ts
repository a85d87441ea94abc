// set: changes any parameters that may change later, several at once.
import {badInput} from '../core/cause.ts';
import {changeRelease} from './change-release.ts';
import type {Run} from './command.ts';
import {readExtraValues} from './given.ts';
import {operationOf} from './operation-of.ts';

export const runSet: Run = async (invocation) => {
  const operation = operationOf('set', invocation);
  const {valuesFile} = operation;
  const answers = {
    ...operation.answers,
    ...(valuesFile === null ? {} : {extraValues: await readExtraValues(valuesFile)}),
  };
  if (Object.keys(answers).length === 0)
    throw badInput('What is to change? Name it by its flag, such as --exposure load-balancer --allow-from 10.0.0.0/8.');
  return changeRelease(invocation, {...operation, answers});
};
