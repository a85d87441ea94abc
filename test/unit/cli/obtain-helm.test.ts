// What is said where helm is missing and nobody allows fetching it.
import {expect, it} from 'vitest';
import type {Invocation} from '../../../source/cli/command.ts';
import {commands} from '../../../source/cli/index.ts';
import {obtainHelm} from '../../../source/cli/obtain-helm.ts';
import {cause, UserError} from '../../../source/core/cause.ts';

const missing = cause('HELM_MISSING', 'helm was not found on PATH.', {
  remedies: [{title: 'Have helm fetched', action: {kind: 'fetch-helm'}}, {title: 'Install helm'}],
});

it.each([
  ['install', ['Have helm fetched (--fetch-helm)', 'Install helm']],
  ['doctor', ['Have helm fetched', 'Install helm']],
  ['sandbox', ['Have helm fetched', 'Install helm']],
])('the flag is named where the command has it: %s', async (name, titles) => {
  const command = commands.find((one) => one.name === name) ?? expect.fail(name);
  const invocation = {options: {}, output: 'json'} as unknown as Invocation;
  const reason = await obtainHelm(invocation, missing, command).catch((error: unknown) => error);
  expect(reason).toBeInstanceOf(UserError);
  expect((reason as UserError).reason.remedies.map(({title}) => title)).toEqual(titles);
});
