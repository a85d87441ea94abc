// set: any parameter that may change later, several at once.
import {badInput} from '../core/cause.ts';
import {answersFromFlags, extraValuesFile} from '../parameters/answers.ts';
import {flagsFor} from '../parameters/help.ts';
import {changeRelease} from './change-release.ts';
import type {Run} from './command.ts';
import {changed, type Removal} from './edits.ts';
import {readExtraValues} from './given.ts';

/** Options that `none` takes away again, and what they stand for. */
const removable: Readonly<Record<string, {readonly removes: Removal; readonly flag: string}>> = {
  hostname: {removes: 'hostname', flag: '--hostname'},
  pullSecret: {removes: 'pullSecret', flag: '--pull-secret'},
  imageDigest: {removes: 'digest', flag: '--image-digest'},
};

export const runSet: Run = async (invocation) => {
  const {options} = invocation;
  const gone = Object.entries(removable).filter(([option]) => options[option] === 'none');
  const given = answersFromFlags(
    Object.fromEntries(Object.entries(options).filter(([option]) => !gone.some(([name]) => name === option))),
  );
  // The environment describes an install; what changes here is what the command line says.
  const file = extraValuesFile(options, {});
  const answers = {...given, ...(file === null ? {} : {extraValues: await readExtraValues(file)})};
  if (Object.keys(answers).length === 0 && gone.length === 0)
    throw badInput('What is to change? Name it by its flag, such as --exposure load-balancer --allow-from 10.0.0.0/8.');
  const flags = [
    ...flagsFor(answers),
    ...(file === null ? [] : ['--values', file]),
    ...gone.flatMap(([, {flag}]) => [flag, 'none']),
  ];
  return changeRelease(invocation, async () =>
    changed(
      answers,
      gone.map(([, {removes}]) => removes),
      flags,
    ),
  );
};
