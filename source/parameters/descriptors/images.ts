// Where the images come from, and which one it is.
import {objectNameProblem} from '../identifiers.ts';
import {imageDigestProblem, imageTagProblem, parseImageSource, type ImageSource} from '../image-source.ts';
import {parameter, type Parsed} from '../parameter.ts';

export interface Images {
  readonly source: ImageSource;
  readonly tag: string;
  /** `sha256:…`; wins over the tag. */
  readonly digest: string | null;
  /** Name of a Secret of the namespace. */
  readonly pullSecret: string | null;
}

export interface ImagesAnswer {
  readonly source?: ImageSource;
  readonly tag?: string;
  readonly digest?: string;
  readonly pullSecret?: string;
}

/** Chart 16.7.26, values.yaml: image.tag. */
export const defaultImageTag = '17.6.0-debian-12-r0';
/** On Debian 12, as the chart's own images are: another base system could sort text differently. */
export const officialImageTag = '17.12-bookworm';
/** The tag that a source has where none is given. */
export const defaultTagOf = (source: ImageSource): string =>
  source === 'official' ? officialImageTag : defaultImageTag;

const part =
  (key: 'tag' | 'digest' | 'pullSecret', problemOf: (text: string) => string | null) =>
  (text: string): Parsed<ImagesAnswer> => {
    const problem = problemOf(text);
    return problem === null ? {value: {[key]: text}} : {problem};
  };
const source = (text: string): Parsed<ImagesAnswer> => {
  const parsed = parseImageSource(text);
  return 'problem' in parsed ? parsed : {value: {source: parsed.value}};
};
const tag = part('tag', imageTagProblem);
const digest = part('digest', imageDigestProblem);
const pullSecret = part('pullSecret', objectNameProblem);

const flags = [
  {
    name: '--image-source',
    argument: 'source',
    help: 'official, bitnamilegacy (frozen since August 2025) or mirror:REGISTRY[/PATH]',
    defaultText: 'bitnamilegacy',
    part: 'source',
  },
  {
    name: '--image-tag',
    argument: 'tag',
    help: "the PostgreSQL image's tag",
    defaultText: `${defaultImageTag}; of official: ${officialImageTag}`,
    read: tag,
    part: 'tag',
  },
  {name: '--image-digest', argument: 'digest', help: 'sha256:…, wins over the tag', read: digest, part: 'digest'},
  {
    name: '--pull-secret',
    argument: 'name',
    help: 'a Secret of the namespace to pull the images with',
    read: pullSecret,
    part: 'pullSecret',
  },
] as const;

export const images = parameter<'images', ImagesAnswer, Images>({
  key: 'images',
  label: 'Images',
  hint: 'Where the images come from: official, bitnamilegacy (frozen since August 2025) or mirror:REGISTRY[/PATH].',
  defaultText: `bitnamilegacy, ${defaultImageTag}`,
  changes: 'later',
  form: 'more',
  flags,
  variables: [
    {name: 'PGHI_IMAGES', read: source},
    {name: 'PGHI_IMAGE_SOURCE', read: source},
    {name: 'PGHI_IMAGE_TAG', read: tag},
    {name: 'PGHI_IMAGE_DIGEST', read: digest},
    {name: 'PGHI_PULL_SECRET', read: pullSecret},
  ],
  inFile: 'parts',
  parse: source,
  // The form has a field for the source alone; the other parts stay as they were given.
  format: (answer) => answer.source ?? '',
  toFlags: (answer) =>
    flags.flatMap((flag) => {
      const text = answer[flag.part];
      return text === undefined ? [] : [flag.name, text];
    }),
  join: (first, second) => ({...first, ...second}),
  merge: (stronger, {digest, tag: weakerTag, ...weaker}) => {
    // Official images and the chart's own have other tags: those of the one do not exist for the other.
    const isOtherKind =
      stronger.source !== undefined && (stronger.source === 'official') !== (weaker.source === 'official');
    return {
      ...weaker,
      ...(weakerTag === undefined || isOtherKind ? {} : {tag: weakerTag}),
      // A digest of the weaker source would win over the tag of the stronger one.
      ...(digest !== undefined && stronger.tag === undefined && !isOtherKind ? {digest} : {}),
      ...stronger,
    };
  },
  resolve: (answer = {}) => ({
    source: answer.source ?? 'bitnamilegacy',
    tag: answer.tag ?? defaultTagOf(answer.source ?? 'bitnamilegacy'),
    digest: answer.digest ?? null,
    pullSecret: answer.pullSecret ?? null,
  }),
  toAnswer: (value) => ({
    source: value.source,
    tag: value.tag,
    ...(value.digest === null ? {} : {digest: value.digest}),
    ...(value.pullSecret === null ? {} : {pullSecret: value.pullSecret}),
  }),
  show: (value) => `${value.source} ${value.digest ?? value.tag}`,
  placeholder: (value) => `${value.source}, ${value.tag}`,
});
