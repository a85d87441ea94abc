// Which source addresses a load balancer lets in.
import {badInput} from '../../core/cause.ts';
import {cidrProblem} from '../network.ts';
import {parameter, type Others} from '../parameter.ts';
import type {Cloud} from '../place.ts';
import {exposuresIn, exposuresTyped} from './exposure.ts';

/** From where a load balancer lets clients in. */
export type AllowFrom =
  | {readonly kind: 'none'}
  | {readonly kind: 'cidrs'; readonly cidrs: readonly string[]}
  /** The cloud whose annotation makes the load balancer internal. */
  | {readonly kind: 'internal'; readonly cloud: Cloud}
  | {readonly kind: 'public'};

/** The answer does not say in which cloud the cluster is. */
export type AllowFromAnswer =
  {readonly kind: 'cidrs'; readonly cidrs: readonly string[]} | {readonly kind: 'internal'} | {readonly kind: 'public'};

const flags = {cidrs: '--allow-from', internal: '--internal', public: '--allow-public'} as const;

export const allowFrom = parameter<'allowFrom', AllowFromAnswer, AllowFrom>({
  key: 'allowFrom',
  label: 'Allow from',
  hint: 'Whom a load balancer lets in: ranges such as 10.0.0.0/8,192.168.0.0/16, or internal, or public.',
  defaultText: 'none; needed with load-balancer',
  changes: 'anytime',
  form: 'network',
  exclusive: true,
  flags: [
    {name: flags.cidrs, argument: 'CIDR,…', help: 'the ranges that a load balancer lets in, such as 10.0.0.0/8'},
    {
      name: flags.internal,
      argument: null,
      help: "a load balancer inside the cloud's network only",
      read: () => ({value: {kind: 'internal'}}),
    },
    {
      name: flags.public,
      argument: null,
      help: 'a load balancer open to everybody',
      read: () => ({value: {kind: 'public'}}),
    },
  ],
  inFile: 'list',
  parse: (text) => {
    const word = text.trim();
    if (word === 'internal' || word === 'public') return {value: {kind: word}};
    const cidrs = word.split(',').map((cidr) => cidr.trim());
    const problem = cidrs.map(cidrProblem).find((found) => found !== null) ?? null;
    return problem === null ? {value: {kind: 'cidrs', cidrs}} : {problem};
  },
  format: (answer) => (answer.kind === 'cidrs' ? answer.cidrs.join(',') : answer.kind),
  toFlags: (answer) => (answer.kind === 'cidrs' ? [flags.cidrs, answer.cidrs.join(',')] : [flags[answer.kind]]),
  toFile: (answer) => (answer.kind === 'cidrs' ? answer.cidrs : answer.kind),
  isKept: (stronger) => (stronger['exposure'] ?? 'load-balancer') === 'load-balancer',
  resolve: (answer, others, {cloud}) => resolveAllowFrom(answer, others, cloud),
  toAnswer: (value) => {
    if (value.kind === 'none') return undefined;
    return value.kind === 'internal' ? {kind: 'internal'} : value;
  },
  problemBeside: (text, others) => {
    const isBalancer = exposuresTyped(others).includes('load-balancer');
    if (text === '' && isBalancer)
      return 'A load balancer needs to know whom it lets in: CIDRs such as 10.0.0.0/8, internal, or public.';
    return text === '' || isBalancer
      ? null
      : 'Only a load balancer has this. Choose load-balancer as exposure, or empty it.';
  },
  show: (value) => {
    if (value.kind === 'cidrs') return value.cidrs.join(',');
    return value.kind === 'internal' ? `internal (${value.cloud})` : value.kind;
  },
  flagOf: (value) => flags[value.kind === 'none' ? 'cidrs' : value.kind],
  placeholder: () => 'nobody from outside',
});

function resolveAllowFrom(answer: AllowFromAnswer | undefined, others: Others, cloud: Cloud | null): AllowFrom {
  if (!exposuresIn(others).includes('load-balancer')) {
    if (answer === undefined) return {kind: 'none'};
    throw badInput(
      '--allow-from, --internal and --allow-public belong to a load balancer. Add --exposure load-balancer, or ' +
        'leave them out.',
    );
  }
  if (answer === undefined) {
    throw badInput(
      'A load balancer needs to know whom it lets in. Add --allow-from CIDR,…, --internal or --allow-public.',
    );
  }
  if (answer.kind !== 'internal') return answer;
  if (cloud === null) {
    throw badInput(
      '--internal: the nodes do not say that they are in AWS, Azure or Google Cloud, so the annotation for an ' +
        'internal load balancer is not known. Use --allow-from CIDR,… instead.',
    );
  }
  return {kind: 'internal', cloud};
}
