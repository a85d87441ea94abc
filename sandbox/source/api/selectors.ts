// labelSelector and fieldSelector of lists, watches and deletions.
import {kinds, type Kind} from '../store/kinds.ts';
import type {KubeObject} from '../store/objects.ts';
import {scalarText} from '../store/scalar-text.ts';
import {badRequest} from './status-answer.ts';

type Matches = (object: KubeObject) => boolean;

/** @throws StatusError 400 */
export function selectorOf(kind: Kind, query: URLSearchParams): Matches {
  const labels = labelSelector(query.get('labelSelector') ?? '');
  const fields = fieldSelector(kind, query.get('fieldSelector') ?? '');
  return (object) => labels(object.metadata.labels ?? {}) && fields(object);
}

type Labels = Readonly<Record<string, string>>;

/** `a=b`, `a==b`, `a!=b`, `a`, `!a`, `a in (b,c)`, `a notin (b,c)`; comma means and. */
export function labelSelector(text: string): (labels: Labels) => boolean {
  // Commas inside parentheses do not divide.
  const parts = text
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter(Boolean);
  const tests = parts.map((part): ((labels: Labels) => boolean) => {
    const among = /^(\S+)\s+(in|notin)\s*\(([^)]*)\)$/.exec(part);
    if (among) {
      const [, key = '', word, values = ''] = among;
      const wanted = values.split(',').map((value) => value.trim());
      return (labels) => (key in labels && wanted.includes(labels[key] ?? '')) === (word === 'in');
    }
    const compared = /^([^\s=!]+)\s*(==|=|!=)\s*([^\s=!]*)$/.exec(part);
    if (compared) {
      const [, key = '', operator, value = ''] = compared;
      return operator === '!=' ? (labels) => labels[key] !== value : (labels) => labels[key] === value;
    }
    const exists = /^(!?)\s*([\w./-]+)$/.exec(part);
    if (!exists)
      throw badRequest(`unable to parse requirement: found '${part}', expected: in, notin, =, ==, !=, gt, lt`);
    const [, not, key = ''] = exists;
    return (labels) => key in labels === (not === '');
  });
  return (labels) => tests.every((test) => test(labels));
}

/** The fields that can be selected besides name and namespace. Source: kubernetes, pkg/registry. */
const selectable = new Map<Kind, readonly string[]>([
  [
    kinds.pod,
    [
      'spec.nodeName',
      'spec.restartPolicy',
      'spec.schedulerName',
      'spec.serviceAccountName',
      'spec.hostNetwork',
      'status.phase',
      'status.podIP',
      'status.nominatedNodeName',
    ],
  ],
  [
    kinds.event,
    [
      'involvedObject.kind',
      'involvedObject.namespace',
      'involvedObject.name',
      'involvedObject.uid',
      'involvedObject.apiVersion',
      'involvedObject.resourceVersion',
      'involvedObject.fieldPath',
      'reason',
      'reportingComponent',
      'source',
      'type',
    ],
  ],
  [kinds.secret, ['type']],
  [kinds.namespace, ['status.phase']],
  [kinds.node, ['spec.unschedulable']],
  [kinds.service, ['spec.clusterIP', 'spec.type']],
  [kinds.job, ['status.successful']],
]);

function fieldSelector(kind: Kind, text: string): Matches {
  const known = ['metadata.name', ...(kind.namespaced ? ['metadata.namespace'] : []), ...(selectable.get(kind) ?? [])];
  const tests = text
    .split(',')
    .filter(Boolean)
    .map((part): Matches => {
      const found = /^([\w.]+)(==|=|!=)(.*)$/.exec(part);
      if (!found) throw badRequest(`invalid selector: '${text}'; can't understand '${part}'`);
      const [, path = '', operator, value = ''] = found;
      if (!known.includes(path))
        throw badRequest(
          `"${path}" is not a known field selector: only ${known.map((name) => `"${name}"`).join(', ')}`,
        );
      return (object) => (fieldAt(object, path) === value) === (operator !== '!=');
    });
  return (object) => tests.every((test) => test(object));
}

function fieldAt(object: KubeObject, path: string): string {
  let value: unknown = object;
  for (const name of path.split('.'))
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  // In Kubernetes a field that is not set counts as the empty text.
  return scalarText(value);
}
