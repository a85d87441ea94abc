// What may stand behind --tls, and what `required` alone means.
import {describe, expect, it} from 'vitest';
import {mergeAnswers} from '../../../source/parameters/answers.ts';
import {tls} from '../../../source/parameters/descriptors/tls.ts';
import {resolve} from '../../../source/parameters/resolve.ts';

const nowhere = {nodes: null, storageClasses: null, cloud: null};
const answer = (text: string) => {
  const parsed = tls.parse(text);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed.value;
};

describe('--tls', () => {
  it.each([
    ['off', {certificate: 'off', required: false}],
    ['self-signed', {certificate: 'self-signed', required: false}],
    ['secret:orders-cert', {certificate: 'secret:orders-cert', required: false}],
    ['required', {certificate: 'self-signed', required: true}],
    ['secret:a.b, required', {certificate: 'secret:a.b', required: true}],
    ['required,self-signed', {certificate: 'self-signed', required: true}],
  ])('%s', (text, wanted) => {
    expect(resolve({tls: answer(text)}, nowhere).tls).toEqual(wanted);
  });

  it.each([
    ['', 'not a mode of TLS'],
    ['on', 'not a mode of TLS'],
    ['secret:', 'cannot be the name of an object'],
    ['secret:UPPER', 'cannot be the name of an object'],
    ['off,required', 'contradicts itself'],
    ['self-signed,secret:a', 'more than one thing'],
  ])('refuses "%s"', (text, words) => {
    expect(tls.parse(text)).toMatchObject({problem: expect.stringContaining(words)});
  });

  it.each([
    ['secret:mine', {certificate: 'secret:mine', required: true}],
    ['self-signed', {certificate: 'self-signed', required: true}],
    ['off', {certificate: 'self-signed', required: true}],
  ])('required keeps the certificate that there is: %s', (there, wanted) => {
    const answers = mergeAnswers({tls: answer('required')}, {tls: answer(there)});
    expect(resolve(answers, nowhere).tls).toEqual(wanted);
  });

  it('a certificate without required lets plain clients in again', () => {
    const answers = mergeAnswers({tls: answer('self-signed')}, {tls: answer('self-signed,required')});
    expect(resolve(answers, nowhere).tls).toEqual({certificate: 'self-signed', required: false});
  });
});
