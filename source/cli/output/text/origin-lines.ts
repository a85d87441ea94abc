// About a release that is not ours: what it is, and what an adoption would bring or what stands in its way.
import {adoptAsIs} from '../../../commands/operation.ts';
import {render} from '../../../commands/command-line.ts';
import {plainly} from '../../../observation/plain-text.ts';
import type {NotYetOurs} from '../../../client/doctor.ts';

interface Place {
  readonly release: string;
  readonly namespace: string;
}

export function originLines(origin: NotYetOurs, {release, namespace}: Place): string[] {
  const {madeBy, shape, steeredBy, refusal} = plainly(origin);
  return [
    `  ${madeText(shape, steeredBy, madeBy)}`,
    ...(refusal ? [`           ${refusal.message}`] : [`           ${broughtText(shape, {release, namespace})}`]),
  ];
}

export function madeText(
  shape: NotYetOurs['shape'],
  steeredBy: NotYetOurs['steeredBy'],
  by: NotYetOurs['madeBy'] = 'helm',
): string {
  const plain = by === 'helm' ? 'plain helm' : 'kubectl, without a record of helm';
  const made = steeredBy === null ? plain : `helm, and ${steeredBy} steers it`;
  return `made by  ${made}, ${shape}`;
}

export function broughtText(
  shape: NotYetOurs['shape'],
  {release, namespace}: Place,
  reach: (command: string) => string = (command) => command,
): string {
  const command = reach(render(adoptAsIs({release, namespace, context: null})));
  const brings = shape === 'standalone' ? 'readers, resizes and upgrades' : 'resizes and upgrades';
  return `${command} takes it over as it stands, for ${brings} without surprises`;
}
