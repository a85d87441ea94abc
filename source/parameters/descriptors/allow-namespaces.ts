// Which namespaces reach the database, or the exporters of its metrics alone: network policies let in these, and the
// release's own pods.
import {badInput} from '../../core/cause.ts';
import {namespaceProblem} from '../identifiers.ts';
import {isEverybody} from '../network.ts';
import {parameter, type Others, type Parsed} from '../parameter.ts';
import type {AllowFromAnswer} from './allow-from.ts';
import {exposuresIn, exposuresTyped} from './exposure.ts';

/**
 * The namespaces, sorted and each only once; null: all of them. `monitoring:metrics`: its pods reach the exporters, and
 * not the database.
 */
export type AllowNamespaces = readonly string[] | null;
type AllowNamespacesAnswer = readonly string[] | 'all';

const name = '--allow-namespaces';
const all = 'all';

export const allowNamespaces = parameter<'allowNamespaces', AllowNamespacesAnswer, AllowNamespaces>({
  key: 'allowNamespaces',
  label: 'Namespaces',
  hint:
    'Namespaces whose pods reach the database, such as shop,billing; all: every one. Others are kept out. ' +
    'monitoring:metrics lets in to the metrics alone.',
  defaultText: all,
  changes: 'anytime',
  form: 'security',
  flags: [{name, argument: 'name,…'}],
  inFile: 'list',
  parse: parseNamespaces,
  format: textOf,
  toFile: (answer) => (answer === all ? undefined : answer),
  resolve: (answer, others) => {
    if (answer === undefined || answer === all) return null;
    const problem = contradiction(others);
    if (problem !== null) throw badInput(problem);
    return answer;
  },
  problemBeside: (text, others) => {
    if (text.trim() === '' || text.trim() === all) return null;
    const range = (others['allowFrom'] ?? '').trim();
    const kind = range === 'internal' || range === 'public' ? {kind: range} : {kind: 'cidrs', cidrs: range.split(',')};
    const [exposure, ofReaders] = exposuresTyped(others);
    return contradiction({exposure, readers: {exposure: ofReaders}, allowFrom: kind});
  },
  show: (value) => textOf(value ?? all),
});

const forMetrics = ':metrics';

/** The namespaces whose pods reach the database, and with it the exporters. */
export function databaseNamespaces(allowed: readonly string[]): readonly string[] {
  return allowed.filter((one) => !one.endsWith(forMetrics));
}

/** The namespaces whose pods reach the exporters alone. */
export function metricsNamespaces(allowed: readonly string[]): readonly string[] {
  return allowed.filter((one) => one.endsWith(forMetrics)).map(namespaceIn);
}

/** Each namespace that is named, whatever its pods may reach. */
export function namespacesNamed(allowed: readonly string[]): readonly string[] {
  return [...new Set(allowed.map(namespaceIn))];
}

/** What `databaseNamespaces` and `metricsNamespaces` give; whoever reaches the database reaches the metrics anyway. */
export function allowedNamespaces(database: readonly string[], metrics: readonly string[]): readonly string[] {
  const more = metrics.filter((one) => !database.includes(one)).map((one) => `${one}${forMetrics}`);
  return [...new Set([...database, ...more])].sort();
}

function namespaceIn(word: string): string {
  return word.endsWith(forMetrics) ? word.slice(0, -forMetrics.length) : word;
}

function textOf(answer: AllowNamespacesAnswer): string {
  return answer === all ? all : answer.join(',');
}

function parseNamespaces(text: string): Parsed<AllowNamespacesAnswer> {
  const words = text.split(',').map((word) => word.trim());
  if (words.includes(all))
    return words.length === 1
      ? {value: all}
      : {problem: `"${text}" contradicts itself. Use names of namespaces, or ${all} alone.`};
  const problem = words.map((word) => namespaceProblem(namespaceIn(word))).find((found) => found !== null) ?? null;
  return problem === null ? {value: allowedNamespaces(databaseNamespaces(words), metricsNamespaces(words))} : {problem};
}

/**
 * Why the answer contradicts how the database is reached from outside; null: it does not. A network policy knows
 * clients from outside only by their addresses, and pods have addresses too. So an exposure without ranges would let in
 * every pod, or nobody.
 */
function contradiction(others: Others): string | null {
  const exposures = exposuresIn(others);
  const instead = `Leave ${name} out, or choose --exposure cluster, or load-balancer with --allow-from CIDR,….`;
  if (exposures.includes('node-port'))
    return (
      `${name} and --exposure node-port exclude each other: who comes through a node's port has no namespace. ` +
      instead
    );
  if (!exposures.includes('load-balancer')) return null;
  const allowFrom = others['allowFrom'] as AllowFromAnswer | undefined;
  if (allowFrom === undefined || (allowFrom.kind === 'cidrs' && !isEverybody(allowFrom.cidrs))) return null;
  const flag = allowFrom.kind === 'cidrs' ? 'an --allow-from that is everybody' : `--${flagWords[allowFrom.kind]}`;
  return (
    `${name} and ${flag} exclude each other: no range tells the clients of the load balancer from other pods. ` +
    instead
  );
}

const flagWords = {internal: 'internal', public: 'allow-public'} as const;
