// About a release that is not ours: what it is, and what an adoption would bring or what stands in its way.
import {adoptAsIs} from '../../../commands/operation.ts';
import {render} from '../../../commands/command-line.ts';
import {plainly} from '../../../observation/text/plain-text.ts';
import type {NotYetOurs} from '../../../client/questions/doctor.ts';
import type {Status} from '../../../client/questions/status.ts';

/** What both `status` and `doctor` know of it. */
type Origin = Pick<NotYetOurs, 'madeBy' | 'shape' | 'steeredBy' | 'memoryAsked'> & Pick<Status, 'insideChart'>;

interface Place {
  readonly release: string;
  readonly namespace: string;
}

export function originLines(origin: NotYetOurs, place: Place): string[] {
  const adoption = plainly(origin);
  const {refusal} = adoption;
  return [`  ${madeText(adoption)}`, ...indented(refusal ? [refusal.message] : broughtTexts(adoption, place))];
}

export function madeText({shape, steeredBy, madeBy, insideChart}: Omit<Origin, 'memoryAsked'>): string {
  const plain = madeBy === 'helm' ? 'plain helm' : 'kubectl, without a record of helm';
  const made = steeredBy === null ? plain : `helm, and ${steeredBy} steers it`;
  return `made by  ${made}, ${shape}${insideChart === undefined ? '' : `, inside the chart ${insideChart}`}`;
}

export function broughtTexts(
  {shape, memoryAsked, insideChart}: Origin,
  {release, namespace}: Place,
  reach: (command: string) => string = (command) => command,
): string[] {
  const asIs = adoptAsIs({release, namespace, context: null});
  if (insideChart !== undefined)
    return [`${reach(render({...asIs, detach: true}))} takes the database out of it, as a release of its own`];
  const brings = shape === 'standalone' ? 'readers, resizes and upgrades' : 'resizes and upgrades';
  const whatFor = `for ${brings} without surprises`;
  if (memoryAsked === null) return [`${reach(render(asIs))} takes it over as it stands, ${whatFor}`];
  const {suggestion: memory, why} = memoryAsked;
  return [
    `${reach(render({...asIs, sizes: {memory}}))} takes it over, ${whatFor}; it has no limit of memory ` +
      `today, and needs one: ${why}`,
  ];
}

export function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `           ${line}`);
}
