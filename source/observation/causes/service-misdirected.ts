// A Service leads to other pods than those of its role, or to none.
import {kubectlHere} from '../../commands/kubectl.ts';
import {labelKeys} from '../../chart/names.ts';
import {cause} from '../../core/cause.ts';
import type {Service, StatefulSet} from '../kubernetes.ts';
import {viewOf} from '../release-view.ts';
import {isRoleMoving} from '../role/half-moved.ts';
import type {Snapshot} from '../snapshot.ts';
import type {FoundCause} from './rule.ts';
import {evidence, refTo} from './messages.ts';

type Labels = Readonly<Record<string, string>>;

/** Labels by which the chart tells the pods of a role. Chart 16.7.26: common.labels.matchLabels and the component. */
const identity = [labelKeys.name, labelKeys.instance, labelKeys.component];

/** Certain where nobody is at work: helm 3 merges a selector, so no run of helm puts a changed one right. */
export function serviceMisdirected(snapshot: Snapshot): FoundCause | null {
  // An operation that moves the role leads clients elsewhere meanwhile, and goes on from there.
  if (snapshot.operation?.holderIsAlive || isRoleMoving(snapshot)) return null;
  const {writerSet, readerSet, writerService, readerService} = viewOf(snapshot);
  for (const [role, service, own, other] of [
    ['writer', writerService, writerSet, readerSet],
    ['reader', readerService, readerSet, writerSet],
  ] as const) {
    const found = service && own && whereItLeads(service, own, other);
    if (found) return {certain: true, cause: misdirected(snapshot, role, service, found.right, found.leads)};
  }
  return null;
}

/** Whether clients who ask for a reader reach other pods than the readers: then what answers them is no reader. */
export function readersAreElsewhere(snapshot: Snapshot): boolean {
  const {writerSet, readerSet, readerService} = viewOf(snapshot);
  return Boolean(readerService && readerSet && whereItLeads(readerService, readerSet, writerSet));
}

/** Where the Service leads, if that is wrong; null when it leads to its own pods, or when this cannot be told. */
function whereItLeads(
  {spec: {selector}}: Service,
  own: StatefulSet,
  other: StatefulSet | null,
): {readonly right: Labels; readonly leads: string} | null {
  const right = identityOf(own);
  const leads = selector && right ? leadsTo(selector, labelsOf(own), other ? labelsOf(other) : null) : null;
  return right && leads !== null ? {right, leads} : null;
}

/** What is wrong about where the selector leads; null when nothing is. */
function leadsTo(selector: Labels, own: Labels, other: Labels | null): string | null {
  const selects = (labels: Labels) =>
    Object.keys(selector).length > 0 && Object.entries(selector).every(([key, value]) => labels[key] === value);
  if (!selects(own)) return other && selects(other) ? 'to the pods of the other role' : 'to none of its pods';
  return other && selects(other) ? 'to the pods of both roles' : null;
}

function misdirected(snapshot: Snapshot, role: string, {metadata, spec}: Service, right: Labels, leads: string) {
  const {name} = metadata;
  const patch = JSON.stringify([{op: 'replace', path: '/spec/selector', value: right}]);
  return cause(
    'SERVICE_MISDIRECTED',
    `The Service ${name} leads ${leads}: its selector was changed. Clients of the ${role} reach something else, or ` +
      'nothing.',
    {
      object: refTo('Service', metadata, snapshot),
      evidence: evidence(`selector: ${JSON.stringify(spec.selector)}`, `its pods have: ${JSON.stringify(right)}`),
      remedies: [
        {
          title: 'Have it select the pods of its role again; no pod restarts',
          command: kubectlHere(snapshot.target, 'patch', 'service', name, '--type', 'json', '-p', patch),
        },
        {
          title: 'See who changed it',
          command: kubectlHere(snapshot.target, 'get', 'service', name, '-o', 'yaml', '--show-managed-fields'),
        },
      ],
    },
  );
}

function labelsOf({spec}: StatefulSet): Labels {
  return spec.template?.metadata?.labels ?? {};
}

/** Null: the pods' labels are not known. */
function identityOf(set: StatefulSet): Labels | null {
  const labels = labelsOf(set);
  const found = Object.fromEntries(identity.flatMap((key) => (labels[key] ? [[key, labels[key]]] : [])));
  return Object.keys(found).length === identity.length ? found : null;
}
