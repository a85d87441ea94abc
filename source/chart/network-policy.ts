// Whom the network policies of writer and readers let in. Source: chart 16.7.26, templates/primary/networkpolicy.yaml
// and templates/read/networkpolicy.yaml.
//
// The chart's first rule is about the database's port, and the exporter's where there is one. With allowExternal it
// admits everybody; without it, the release's own pods (writer, readers and the jobs of a backup all carry name and
// instance) and pods of the same namespace that carry the client label. Everything else that may come in stands in
// extraIngress.
import {
  allowedNamespaces,
  databaseNamespaces,
  metricsNamespaces,
  type AllowNamespaces,
} from '../parameters/descriptors/allow-namespaces.ts';
import type {Parameters} from '../parameters/parameters.ts';
import {labelKeys, nameLabelOf, type Naming} from './names.ts';
import {at, type Values} from './tree.ts';

const databasePort = 5432;
/** The port of the exporter beside the database. Chart 16.7.26, values.yaml: metrics.containerPorts.metrics. */
const exporterPort = 9187;
/** Linkerd documentation, Network Policy: a pod of the mesh connects to this port, whatever port it asked for. */
const linkerdPort = 4143;

/** The API server sets this label on every namespace. Kubernetes documentation, Network Policies. */
const namespaceLabel = 'kubernetes.io/metadata.name';

/** The label with which a pod of the release's own namespace is let in, whatever else the policies say. */
export function clientLabel(set: string): string {
  return `${set}-client`;
}

/** The chart renders the values of extraIngress as templates. */
const podsOf = (naming: Pick<Naming, 'given'>): Values => ({
  podSelector: {
    matchLabels: {[labelKeys.instance]: '{{ .Release.Name }}', [labelKeys.name]: nameLabelOf(naming)},
  },
});

type Reached = Pick<Parameters, 'allowFrom' | 'serviceMesh' | 'metrics'>;

/** The rules that stand beside the chart's first rule; empty where that one is enough. */
export function ingressRules(
  allowed: AllowNamespaces,
  naming: Pick<Naming, 'given'>,
  {allowFrom, serviceMesh, metrics = 'off'}: Reached,
): Values[] {
  const proxied = serviceMesh === 'linkerd' ? [linkerdPort] : [];
  if (allowed === null) return proxied.length === 0 ? [] : [{ports: portsOf(proxied)}];
  const exporter = metrics === 'off' ? [] : [exporterPort];
  const [clients, scrapers] = [databaseNamespaces(allowed), metricsNamespaces(allowed)];
  return [
    ...(clients.length === 0
      ? []
      : [{ports: portsOf([databasePort, ...exporter, ...proxied]), from: [namespacesCalled(clients)]}]),
    // Not the port of Linkerd's proxy, through which the database is reached too.
    ...(scrapers.length === 0 ? [] : [{ports: portsOf([exporterPort]), from: [namespacesCalled(scrapers)]}]),
    ...(proxied.length === 0 ? [] : [{ports: portsOf(proxied), from: [podsOf(naming)]}]),
    ...(allowFrom.kind === 'cidrs'
      ? [{ports: portsOf([databasePort]), from: allowFrom.cidrs.map((cidr) => ({ipBlock: {cidr}}))}]
      : []),
  ];
}

function portsOf(ports: readonly number[]): Values[] {
  return ports.map((port) => ({port}));
}

function namespacesCalled(names: readonly string[]): Values {
  return {namespaceSelector: {matchExpressions: [{key: namespaceLabel, operator: 'In', values: names}]}};
}

/** What `ingressRules` was given; null where the first rule names no namespaces the way that function does. */
export function namespacesIn(rules: unknown): AllowNamespaces {
  const [first, second] = Array.isArray(rules) ? (rules as unknown[]) : [];
  const named = namesIn(first);
  if (named === null) return null;
  if (isForMetrics(first)) return allowedNamespaces([], named);
  return allowedNamespaces(named, (isForMetrics(second) ? namesIn(second) : null) ?? []);
}

function isForMetrics(rule: unknown): boolean {
  return JSON.stringify(at(rule, ['ports'])) === JSON.stringify(portsOf([exporterPort]));
}

/** The namespaces that a rule names as `namespacesCalled` does; null: it does not. */
function namesIn(rule: unknown): readonly string[] | null {
  const from = at(rule, ['from']);
  const [only, ...others] = Array.isArray(from) ? (from as unknown[]) : [];
  const expressions = at(only, ['namespaceSelector', 'matchExpressions']);
  const [expression] = Array.isArray(expressions) ? (expressions as unknown[]) : [];
  const names = at(expression, ['values']);
  if (!Array.isArray(names) || names.length === 0 || others.length > 0) return null;
  const texts = names.map(String);
  return JSON.stringify(only) === JSON.stringify(namespacesCalled(texts)) ? texts : null;
}
