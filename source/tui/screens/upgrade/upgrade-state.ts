// Typing an upgrade: the state of the screen, its request, its entry in the menu. Pure.
import {postgresVersionOf} from '../../../chart/image.ts';
import {majorOf} from '../../../chart/postgres-major.ts';
import type {Status} from '../../../client/questions/status.ts';
import type {Versions} from '../../../client/types.ts';
import type {RequestOf} from '../../../commands/operation.ts';
import {capitalised} from '../../../core/capitalised.ts';
import {defaultTagOf, tag as parseTag} from '../../../parameters/descriptors/images.ts';
import {isOtherKind, parseImageSource, tagOfSourceProblem, type ImageSource} from '../../../parameters/image-source.ts';
import type {Images} from '../../../parameters/parameters.ts';
import type {ScreenEntry} from '../shared/menu-entry.ts';

export const upgradeRows = ['imageSource', 'imageTag', 'chartVersion'] as const;
export type UpgradeRow = (typeof upgradeRows)[number];
type Typed = Readonly<Record<UpgradeRow, string>>;

/** Source, tag and version as they were typed; `row` takes keys. */
export interface UpgradeState extends Typed {
  readonly name: 'upgrade';
  readonly row: UpgradeRow;
}

/** Null: plain helm made the release, so it is not ours. */
export function upgradeEntry({parameters, chartVersion}: Status): ScreenEntry<UpgradeState> | null {
  if (!parameters) return null;
  const {source, tag} = parameters.images;
  const state = {imageSource: source, imageTag: tag, chartVersion: chartVersion ?? '', row: 'imageTag'} as const;
  return {key: 'u', label: 'upgrade', does: {show: {name: 'upgrade', ...state}}};
}

/** Only what differs from what runs. */
export function upgradeAsked(typed: Typed, status: Status | null): RequestOf<'upgrade'> {
  const version = typed.chartVersion.trim();
  return {
    kind: 'upgrade',
    images: imagesAsked(typed, status),
    chartVersion: version === status?.chartVersion ? null : version,
  };
}

/** The source and the tag that are not those that run; with another kind of image its tag is always named. */
export function imagesAsked(
  {imageSource, imageTag}: Pick<Typed, 'imageSource' | 'imageTag'>,
  status: Status | null,
): RequestOf<'upgrade'>['images'] {
  const now = status?.parameters?.images;
  if (!now) return {};
  const source = sourceIn(imageSource) ?? now.source;
  const isSameTag = imageTag.trim() === now.tag && !isOtherKind(now.source, source);
  const tag = isSameTag ? null : parseTag(imageTag.trim());
  return {...(source === now.source ? {} : {source}), ...(tag && 'value' in tag ? tag.value : {})};
}

/** Why what is typed cannot be planned; null: it can be. */
export function upgradeProblem({imageSource, imageTag, chartVersion}: Typed): string | null {
  if (imageSource.trim() === '' || imageTag.trim() === '' || chartVersion.trim() === '')
    return 'A source, a tag and a version are needed; what runs now stands there.';
  const source = parseImageSource(imageSource.trim());
  if ('problem' in source) return source.problem;
  const tag = parseTag(imageTag.trim());
  if ('problem' in tag) return tag.problem;
  const contradiction = tagOfSourceProblem(source.value, tag.value.tag ?? '');
  return contradiction && capitalised(contradiction);
}

/** Identifies what a plan is for: with another key the plan is void. */
export function upgradeKeyOf({imageSource, imageTag, chartVersion}: Typed): string {
  return `upgrade ${imageSource} ${imageTag} ${chartVersion}`;
}

/** The state with another source, and with a tag that this source has, unless a tag was typed. */
export function withSource(state: UpgradeState, imageSource: string, now: Images | null): UpgradeState {
  const source = sourceIn(imageSource);
  if (source === null || now === null) return {...state, imageSource};
  const proposed = [...knownSources, now.source].map((one) => proposedTag(one, now));
  const isTyped = !proposed.includes(state.imageTag.trim());
  return {...state, imageSource, imageTag: isTyped ? state.imageTag : proposedTag(source, now)};
}

const knownSources: readonly ImageSource[] = ['official', 'bitnamilegacy'];

/** The tag that runs, where the source may have it; else one of the major version that runs. */
function proposedTag(source: ImageSource, now: Images): string {
  if (!isOtherKind(now.source, source)) return now.tag;
  const [usual, major] = [defaultTagOf(source), majorOf(postgresVersionOf(now.tag))];
  const isSame = major === null || majorOf(postgresVersionOf(usual)) === major;
  return isSame || source !== 'official' ? usual : `${major}-bookworm`;
}

function sourceIn(text: string): ImageSource | null {
  const parsed = parseImageSource(text.trim());
  return 'value' in parsed ? parsed.value : null;
}

/** Whether the tag is of images from where the running ones come, so that the offered tags are tags of these. */
export function isSourceOfNow({imageSource}: Typed, status: Status | null): boolean {
  return sourceIn(imageSource) === status?.parameters?.images.source;
}

/** What there is to choose from in the row; null where the registry did not answer, or has not yet. */
export function offeredFor(
  screen: UpgradeState,
  {versions, status}: {readonly versions: Versions | null; readonly status: Status | null},
): readonly string[] | null {
  switch (screen.row) {
    case 'imageSource': {
      const now = status?.parameters?.images.source;
      return [...new Set([...(now === undefined ? [] : [now]), ...knownSources])];
    }
    case 'imageTag':
      return (isSourceOfNow(screen, status) ? versions?.imageTags : null) ?? null;
    case 'chartVersion':
      return versions?.chartVersions ?? null;
  }
}
