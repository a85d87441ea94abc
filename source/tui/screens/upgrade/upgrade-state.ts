// Typing an upgrade: the state of the screen, its request, its entry in the menu. Pure.
import type {Status} from '../../../client/status.ts';
import type {Versions} from '../../../client/types.ts';
import type {AskedOf} from '../../../commands/operation.ts';
import {tag as parseTag} from '../../../parameters/descriptors/images.ts';
import type {ScreenEntry} from '../shared/menu-entry.ts';

export const upgradeRows = ['imageTag', 'chartVersion'] as const;
export type UpgradeRow = (typeof upgradeRows)[number];

/** Tag and version as they were typed; `row` takes keys. */
export interface UpgradeState extends Readonly<Record<UpgradeRow, string>> {
  readonly name: 'upgrade';
  readonly row: UpgradeRow;
}

/** Null: plain helm made the release, so it is not ours. */
export function upgradeEntry({parameters, chartVersion}: Status): ScreenEntry<UpgradeState> | null {
  if (!parameters) return null;
  const state = {imageTag: parameters.images.tag, chartVersion: chartVersion ?? '', row: 'imageTag'} as const;
  return {key: 'u', label: 'upgrade', does: {show: {name: 'upgrade', ...state}}};
}

/** Only what differs from what runs. */
export function upgradeAsked(
  {imageTag, chartVersion}: Readonly<Record<UpgradeRow, string>>,
  status: Status | null,
): AskedOf<'upgrade'> {
  const typed = chartVersion.trim();
  return {
    kind: 'upgrade',
    images: imagesAsked(imageTag, status),
    chartVersion: typed === status?.chartVersion ? null : typed,
  };
}

/** The typed tag, with its digest where it has one; nothing for the tag that is running, and for no tag at all. */
export function imagesAsked(imageTag: string, status: Status | null): AskedOf<'upgrade'>['images'] {
  const parsed = parseTag(imageTag.trim());
  return 'problem' in parsed || imageTag.trim() === status?.parameters?.images.tag ? {} : parsed.value;
}

/** Why what is typed cannot be planned; null: it can be. */
export function upgradeProblem({imageTag, chartVersion}: Readonly<Record<UpgradeRow, string>>): string | null {
  if (imageTag.trim() === '' || chartVersion.trim() === '')
    return 'Both a tag and a version are needed; what runs now stands there.';
  const parsed = parseTag(imageTag.trim());
  return 'problem' in parsed ? parsed.problem : null;
}

/** Identifies what a plan is for: with another key the plan is void. */
export function upgradeKeyOf({imageTag, chartVersion}: UpgradeState): string {
  return `upgrade ${imageTag} ${chartVersion}`;
}

/** What there is to choose from in the row; null where the registry did not answer, or has not yet. */
export function offeredFor(row: UpgradeRow, versions: Versions | null): readonly string[] | null {
  return (row === 'imageTag' ? versions?.imageTags : versions?.chartVersions) ?? null;
}
