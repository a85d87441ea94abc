// Where the images come from, and which image of PostgreSQL runs.
import {badInput} from '../../core/cause.ts';
import {objectNameProblem} from '../identifiers.ts';
import {
  imageDigestProblem,
  imageSourceForms,
  imageTagProblem,
  isOtherKind,
  isStartedByUs,
  parseImageSource,
  tagOfSourceProblem,
  type ImageSource,
} from '../image-source.ts';
import {parameter, textAnswer, textOrNone, unlessNone, type Parsed, type Read} from '../parameter.ts';

export interface Images {
  readonly source: ImageSource;
  readonly tag: string;
  /** `sha256:…`; takes precedence over the tag. */
  readonly digest: string | null;
  /** The name of a Secret in the release's namespace. */
  readonly pullSecret: string | null;
}

export interface ImagesAnswer {
  readonly source?: ImageSource;
  readonly tag?: string;
  /** `none`: no digest. */
  readonly digest?: string;
  /** `none`: no Secret. */
  readonly pullSecret?: string;
}

const defaultSource = 'official' satisfies ImageSource;
/** Based on Debian 12, as the chart's own images are: another base system could sort text differently. */
const officialTag = '17.12-bookworm';
/** Chart 16.7.26, values.yaml: image.tag. */
const chartsOwnTag = '17.6.0-debian-12-r0';
/** The tag of a source when none is given. */
export const defaultTagOf = (source: ImageSource): string => (isStartedByUs(source) ? officialTag : chartsOwnTag);

const part =
  (key: 'tag' | 'digest' | 'pullSecret', read: Read<string>) =>
  (text: string): Parsed<ImagesAnswer> => {
    const parsed = read(text);
    return 'problem' in parsed ? parsed : {value: {[key]: parsed.value}};
  };
const source = (text: string): Parsed<ImagesAnswer> => {
  const parsed = parseImageSource(text);
  return 'problem' in parsed ? parsed : {value: {source: parsed.value}};
};
const tagAlone = part('tag', textAnswer(imageTagProblem));
/** A tag such as `17.12-bookworm`, optionally with its digest: `17.12-bookworm@sha256:…`. */
export const tag = (text: string): Parsed<ImagesAnswer> => {
  const at = text.indexOf('@');
  const parsed = tagAlone(at < 0 ? text : text.slice(0, at));
  if ('problem' in parsed || at < 0) return parsed;
  const withDigest = digest(text.slice(at + 1));
  return 'problem' in withDigest ? withDigest : {value: {...parsed.value, ...withDigest.value}};
};
const digest = part('digest', textOrNone(imageDigestProblem));
const pullSecret = part('pullSecret', textOrNone(objectNameProblem));

const flags = [
  {
    name: '--image-source',
    argument: 'source',
    help: imageSourceForms,
    defaultText: defaultSource,
    part: 'source',
    field: {
      label: 'Image source',
      hint: `Where the images come from: ${imageSourceForms}.`,
    },
  },
  {
    name: '--image-tag',
    argument: 'tag',
    help: "the PostgreSQL image's tag, also with @sha256:…",
    defaultText: `${officialTag}; of others: ${chartsOwnTag}`,
    read: tag,
    part: 'tag',
    field: {label: 'Image tag', hint: 'The tag of the PostgreSQL image, also with its digest: TAG@sha256:…'},
  },
  {
    name: '--image-digest',
    argument: 'digest',
    help: 'sha256:…, wins over the tag',
    read: digest,
    part: 'digest',
    field: {label: 'Image digest', hint: 'The digest of the PostgreSQL image, sha256:…; it wins over the tag.'},
  },
  {
    name: '--pull-secret',
    argument: 'name',
    help: 'a Secret of the namespace to pull the images with',
    read: pullSecret,
    part: 'pullSecret',
    field: {label: 'Pull secret', hint: 'The Secret of the namespace that the images are pulled with.'},
  },
] as const;

/** bitnamisecure's free tags come and go: at present only `latest` exists, and its version may change at any time. */
function tagIsMissing(from: ImageSource, {digest}: ImagesAnswer): string | null {
  return from === 'bitnamisecure' && unlessNone(digest) === null
    ? 'it needs --image-tag (or --image-digest) with the version that your subscription has.'
    : null;
}

export const images = parameter<'images', ImagesAnswer, Images>({
  key: 'images',
  label: 'Images',
  hint: `Where the images come from: ${imageSourceForms}.`,
  defaultText: `${defaultSource}, ${officialTag}`,
  changes: 'anytime',
  form: 'images',
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
  format: (answer) => answer.source ?? '',
  toFlags: (answer) =>
    flags.flatMap((flag) => {
      const text = answer[flag.part];
      return text === undefined ? [] : [flag.name, text];
    }),
  join: (first, second) => ({
    ...first,
    ...second,
    // The tag may come with its digest.
    ...(unlessNone(second.digest) === null && first.digest !== undefined ? {digest: first.digest} : {}),
  }),
  merge: (stronger, {digest, tag: weakerTag, ...weaker}) => {
    // Tags of one kind of image do not exist for the other kind.
    const isOther =
      stronger.source !== undefined && weaker.source !== undefined && isOtherKind(stronger.source, weaker.source);
    return {
      ...weaker,
      ...(weakerTag === undefined || isOther ? {} : {tag: weakerTag}),
      // The weaker source's digest would take precedence over the tag of the stronger one.
      ...(digest !== undefined && stronger.tag === undefined && !isOther ? {digest} : {}),
      ...stronger,
    };
  },
  resolve: ({source: from = defaultSource, ...answer} = {}) => {
    const problem = answer.tag === undefined ? tagIsMissing(from, answer) : tagOfSourceProblem(from, answer.tag);
    if (problem !== null) throw badInput(`--image-source ${from}: ${problem}`);
    return {
      source: from,
      tag: answer.tag ?? defaultTagOf(from),
      digest: unlessNone(answer.digest),
      pullSecret: unlessNone(answer.pullSecret),
    };
  },
  toAnswer: (value) => ({
    source: value.source,
    tag: value.tag,
    ...(value.digest === null ? {} : {digest: value.digest}),
    ...(value.pullSecret === null ? {} : {pullSecret: value.pullSecret}),
  }),
  show: (value) => `${value.source} ${value.digest ?? value.tag}`,
  placeholder: (value) => `${value.source}, ${value.tag}`,
});
