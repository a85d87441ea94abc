// What the parameters typed so far would become: the right-hand column, and its one line below 100 columns. Pure.
import {fullnameOf, objectNames} from '../../../chart/names.ts';
import {UserError} from '../../../core/cause.ts';
import type {Parameters} from '../../../parameters/parameters.ts';
import {bytesOf, formatBytes} from '../../../parameters/quantity.ts';
import {fittingNodes, resolve, type Place} from '../../../parameters/resolve.ts';
import {sandboxContext} from '@pg-helm-install/sandbox';
import type {Surveyed} from '../../../client/types.ts';
import {answersOf, type Form} from './form.ts';

export interface Summary {
  /** What the answers become; null where they contradict each other in more than the exposure. */
  readonly parameters: Parameters | null;
  /** How the answers contradict each other; null where they do not. */
  readonly problem: string | null;
  /** In one line: the longest first, each without something that the one before it says. */
  readonly lines: readonly string[];
  readonly column: readonly (readonly [label: string, text: string])[];
}

const asking = 'asking what the cluster has';
/** Their defaults depend on the place. */
const placeKeys: readonly string[] = ['instanceType', 'storageClass', 'cpu', 'memory', 'spread'];

export function summarize(
  form: Form,
  surveyed: Surveyed | null,
  target: {readonly context: string | null; readonly namespace: string; readonly release: string},
): Summary {
  const place = surveyed?.place ?? {nodes: null, storageClasses: null, cloud: null};
  let parameters: Parameters;
  try {
    parameters = resolve(answersOf(form), place);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return {parameters: withoutExposure(form, place), problem: error.message, lines: [error.message], column: []};
  }
  if (!surveyed) return {parameters, problem: null, lines: [asking], column: [['', asking]]};
  const pods = 1 + parameters.readReplicaCount;
  const chosen = surveyed?.storageClasses.find(({name}) => name === parameters.storageClass);
  const [size, memory] = [`${pods} × ${parameters.storageSize}`, `${pods} × ${parameters.memory}`];
  const disk = `${size}${parameters.storageClass ? ` ${parameters.storageClass}` : ''}`;
  const grows = chosen ? (chosen.grows ? ', can grow' : ', cannot grow') : '';
  // In the sandbox inside is this machine.
  const reach = {
    cluster: target.context === sandboxContext ? 'this machine only' : 'inside only',
    'load-balancer': 'load balancers',
    'node-port': 'node ports',
  }[parameters.exposure];
  const readers = `${parameters.readReplicaCount} ${parameters.readReplicaCount === 1 ? 'reader' : 'readers'}`;
  const nodes = place.nodes ?? [];
  const fit = fittingNodes(nodes, parameters.instanceType);
  const names = objectNames(fullnameOf(target.release));
  return {
    parameters,
    problem: null,
    lines: [
      ['1 writer', readers, `${disk}${grows}`, memory, reach],
      ['1 writer', readers, disk, memory, reach],
      ['1 writer', readers, size, memory, reach],
      ['1 writer', readers, size, reach],
      ['1 writer', readers, size],
    ].map((pieces) => pieces.join(' · ')),
    column: [
      ['pods', `1 writer, ${readers}`],
      [
        'nodes',
        place.nodes
          ? `${fit.length} fit${parameters.spread === 'required' ? ', one pod each' : ''}`
          : 'may not be listed',
      ],
      ['disk', `${disk}${grows}`],
      ['', `${formatBytes(pods * bytesOf(parameters.storageSize))} in all`],
      ['memory', `${memory}${place.nodes ? ` of ${formatBytes(memoryOf(fit))} on them` : ''}`],
      ['cpu', `${pods} × ${parameters.cpu}`],
      ['reach', reach],
      ['writer', `${names.writer}.${target.namespace}`],
      ['reader', `${names.reader}.${target.namespace}`],
    ],
  };
}

/** The defaults of the other fields do not depend on how it is reached. */
function withoutExposure(form: Form, place: Place): Parameters | null {
  try {
    const others = Object.entries(answersOf(form)).filter(([key]) => key !== 'exposure' && key !== 'allowFrom');
    return resolve(Object.fromEntries(others), place);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return null;
  }
}

/** The longest line that fits into so many columns. */
export function foldedLine({lines}: Pick<Summary, 'lines'>, width: number): string {
  return lines.find((line) => line.length <= width) ?? lines.at(-1) ?? '';
}

/** The default that an empty field stands for, as it would be resolved now. */
export function defaultText(key: string, {parameters}: Pick<Summary, 'parameters'>, surveyed: Surveyed | null): string {
  if (!surveyed && placeKeys.includes(key)) return '…';
  if (key === 'password') return 'generated, 24 characters';
  if (!parameters) return '';
  if (key === 'images') return `${parameters.images.source}, ${parameters.images.tag}`;
  if (key === 'allowFrom') return 'nobody from outside';
  if (key === 'storageClass') return parameters.storageClass ?? "the cluster's default";
  // No field that is left is an object.
  const value = (parameters as unknown as Readonly<Record<string, string | number | null | undefined>>)[key];
  return String(value ?? 'none');
}

/** Such as `6 nodes fit`, beside a value. */
export function remark(key: string, {parameters}: Pick<Summary, 'parameters'>, surveyed: Surveyed | null): string {
  if (!parameters || !surveyed) return '';
  if (key === 'instanceType') {
    const fitting = fittingNodes(surveyed.place.nodes ?? [], parameters.instanceType).length;
    return surveyed.place.nodes ? `${fitting} ${fitting === 1 ? 'node fits' : 'nodes fit'}` : '';
  }
  if (key === 'storageClass') {
    const chosen = surveyed.storageClasses.find(({name}) => name === parameters.storageClass);
    if (!chosen) return '';
    const encrypted = {yes: 'encrypted', no: 'not encrypted', unknown: 'encryption unknown'}[chosen.encrypted];
    return `${chosen.grows ? 'can grow' : 'cannot grow'}, ${encrypted}`;
  }
  return '';
}

/** What can be chosen instead of typed; empty where anything may be written. */
export function choicesOf(key: string, surveyed: Surveyed | null): readonly string[] {
  if (key === 'instanceType') return surveyed?.instanceTypes.map(({name}) => name) ?? [];
  if (key === 'storageClass') return surveyed?.storageClasses.map(({name}) => name) ?? [];
  if (key === 'exposure') return ['cluster', 'load-balancer', 'node-port'];
  if (key === 'spread') return ['required', 'preferred'];
  if (key === 'readReplicaCount') return Array.from({length: 16}, (_, count) => String(count));
  return [];
}

/** The same in a sentence, with what tells them apart. */
export function choicesText(key: string, surveyed: Surveyed | null): string {
  if (key === 'instanceType' && surveyed) {
    if (surveyed.place.nodes === null) return 'Nodes may not be listed: type one, or any.';
    const types = surveyed.instanceTypes.map(
      ({name, fitting}) => `${name} (${fitting} ${fitting === 1 ? 'fits' : 'fit'})`,
    );
    return `There are: ${types.join(', ')}.`;
  }
  if (key === 'storageClass' && surveyed) {
    if (surveyed.place.storageClasses === null) return 'Storage classes may not be listed: type one.';
    const classes = surveyed.storageClasses.map(
      ({name, grows, encrypted}) =>
        `${name} (${grows ? 'can grow' : 'cannot grow'}${encrypted === 'yes' ? ', encrypted' : ''})`,
    );
    return `There are: ${classes.join(', ')}.`;
  }
  return '';
}

function memoryOf(nodes: ReturnType<typeof fittingNodes>): number {
  return nodes.reduce((sum, {status}) => sum + bytesOf(status?.allocatable?.['memory'] ?? '0'), 0);
}
