// What the parameters typed so far amount to: the right-hand column, or a single line below 100 columns. Pure.
import {objectNames, ownNames} from '../../../chart/names.ts';
import {UserError} from '../../../core/cause.ts';
import type {Parameters} from '../../../parameters/parameters.ts';
import {fittingIn, nowhere, type Place, type PlaceNode} from '../../../parameters/place.ts';
import {bytesOf, formatBytes} from '../../../parameters/quantity.ts';
import {ofReaders} from '../../../parameters/readers.ts';
import {resolve} from '../../../parameters/resolve.ts';
import {sandboxContext} from '@pg-helm-install/sandbox';
import type {Surveyed} from '../../../client/types.ts';
import {fieldOf, valueIn, type FieldKey} from '../../../parameters/fields.ts';
import {answersOf, type Form} from './form.ts';

export interface Summary {
  /** The parameters from the answers; null where the answers contradict each other in more than the exposure. */
  readonly parameters: Parameters | null;
  /** How the answers contradict each other; null where they do not. */
  readonly problem: string | null;
  /** Versions of the single line, the longest first, each without something that the one before it says. */
  readonly lines: readonly string[];
  readonly column: readonly (readonly [label: string, text: string])[];
}

const asking = 'asking what the cluster has';

interface SummaryTarget {
  readonly context: string | null;
  readonly namespace: string;
  readonly release: string;
}

export function summarize(form: Form, surveyed: Surveyed | null, target: SummaryTarget): Summary {
  const place = surveyed?.place ?? nowhere;
  let parameters: Parameters;
  try {
    parameters = resolve(answersOf(form), place);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return {parameters: withoutExposure(form, place), problem: error.message, lines: [error.message], column: []};
  }
  if (!surveyed) return {parameters, problem: null, lines: [asking], column: [['', asking]]};
  const words = wordsOf(parameters, surveyed, target);
  return {parameters, problem: null, lines: linesOf(words), column: columnOf(parameters, place, target, words)};
}

interface Words {
  /** Such as `2 readers`. */
  readonly readers: string;
  /** Such as `3 × 20Gi`. */
  readonly size: string;
  readonly memory: string;
  /** The size, with the storage class. */
  readonly disk: string;
  /** Whether the disk can grow, worded to follow it. */
  readonly grows: string;
  readonly reach: string;
}

function wordsOf(parameters: Parameters, {storageClasses}: Surveyed, {context}: SummaryTarget): Words {
  const {readReplicaCount, storageClass, exposure} = parameters;
  const theirs = ofReaders(parameters).exposure;
  const reach = {
    // A database inside the sandbox is on this machine.
    cluster: context === sandboxContext ? 'this machine only' : 'inside only',
    'load-balancer': 'load balancers',
    'node-port': 'node ports',
  };
  const size = ofEach(parameters, 'storageSize');
  const chosen = storageClasses.find(({name}) => name === storageClass);
  return {
    readers: `${readReplicaCount} ${readReplicaCount === 1 ? 'reader' : 'readers'}`,
    size,
    memory: ofEach(parameters, 'memory'),
    disk: `${size}${storageClass ? ` ${storageClass}` : ''}`,
    grows: chosen ? (chosen.grows ? ', can grow' : ', cannot grow') : '',
    reach:
      readReplicaCount === 0 || theirs === exposure ? reach[exposure] : `${reach[exposure]}, readers ${reach[theirs]}`,
  };
}

/** `3 × 20Gi`, or `1 × 20Gi + 2 × 8Gi` where the readers have their own. */
function ofEach(parameters: Parameters, key: 'cpu' | 'memory' | 'storageSize'): string {
  const {readReplicaCount: readers} = parameters;
  const [own, all] = [ofReaders(parameters)[key], parameters[key]];
  return readers === 0 || own === all ? `${1 + readers} × ${all}` : `1 × ${all} + ${readers} × ${own}`;
}

function linesOf({readers, size, memory, disk, grows, reach}: Words): readonly string[] {
  return [
    ['1 writer', readers, `${disk}${grows}`, memory, reach],
    ['1 writer', readers, disk, memory, reach],
    ['1 writer', readers, size, memory, reach],
    ['1 writer', readers, size, reach],
    ['1 writer', readers, size],
  ].map((pieces) => pieces.join(' · '));
}

function columnOf(
  parameters: Parameters,
  place: Place,
  target: SummaryTarget,
  {readers, memory, disk, grows, reach}: Words,
): Summary['column'] {
  const {readReplicaCount, instanceType, spread, storageSize} = parameters;
  const disks = bytesOf(storageSize) + readReplicaCount * bytesOf(ofReaders(parameters).storageSize);
  const fitting = fittingIn(place, instanceType);
  const nodes = `${fitting.length} fit${spread === 'required' ? ', one pod each' : ''}`;
  const names = objectNames(ownNames(target.release));
  return [
    ['pods', `1 writer, ${readers}`],
    ['nodes', place.nodes ? nodes : 'may not be listed'],
    ['disk', `${disk}${grows}`],
    ['', `${formatBytes(disks)} in all`],
    ['memory', `${memory}${place.nodes ? ` of ${formatBytes(memoryOf(fitting))} on them` : ''}`],
    ['cpu', ofEach(parameters, 'cpu')],
    ['reach', reach],
    ['writer', `${names.writer}.${target.namespace}`],
    ['reader', `${names.reader}.${target.namespace}`],
  ];
}

/** The parameters without the answers on exposure, since no other default depends on these. */
function withoutExposure(form: Form, place: Place): Parameters | null {
  try {
    const {readers = {}, ...others} = answersOf(form);
    const kept = (answers: object) =>
      Object.fromEntries(Object.entries(answers).filter(([key]) => key !== 'exposure' && key !== 'allowFrom'));
    return resolve({...kept(others), readers: kept(readers)}, place);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return null;
  }
}

/** The longest line that fits into that many columns. */
export function foldedLine({lines}: Pick<Summary, 'lines'>, width: number): string {
  return lines.find((line) => line.length <= width) ?? lines.at(-1) ?? '';
}

/** The default that an empty field stands for, as it would be resolved now. */
export function defaultText(
  key: FieldKey,
  {parameters}: Pick<Summary, 'parameters'>,
  surveyed: Surveyed | null,
): string {
  const field = fieldOf(key);
  const {parameter} = field;
  if (!surveyed && parameter.fromPlace) return '…';
  // The default of such a field does not depend on the others.
  if (parameter.inFile === null) return field.placeholder(null);
  return parameters ? field.placeholder(valueIn(parameters, parameter)) : '';
}

/** A remark beside a value, such as `6 nodes fit`. */
export function remark(key: FieldKey, {parameters}: Pick<Summary, 'parameters'>, surveyed: Surveyed | null): string {
  const field = fieldOf(key);
  return parameters && surveyed ? field.remark(valueIn(parameters, field.parameter), surveyed) : '';
}

function memoryOf(nodes: readonly PlaceNode[]): number {
  return nodes.reduce((sum, {memoryBytes}) => sum + (memoryBytes ?? 0), 0);
}
