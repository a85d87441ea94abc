// Where images may come from, and what may be a tag or a digest.

export type ImageSource = 'official' | 'bitnamilegacy' | 'bitnamisecure' | `mirror:${string}` | `image:${string}`;

/** The possible sources, for messages and help. */
export const imageSourceForms =
  'official, bitnamilegacy (frozen since August 2025), bitnamisecure, mirror:REGISTRY[/PATH] or ' +
  'image:[REGISTRY/]REPOSITORY';

/** For someone who has to name another registry: an image of any name, or the chart's own kind of images elsewhere. */
export const otherRegistry = '--image-source image:REGISTRY/REPOSITORY (or mirror:REGISTRY/PATH)';

const pathComponent = '[a-z0-9]+(?:(?:\\.|_{1,2}|-+)[a-z0-9]+)*';
/**
 * Without a dot, a port or the name localhost, a registry would be taken for a path on Docker Hub. Source:
 * distribution/reference.
 */
const registry =
  '(?:localhost|[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?(?:\\.[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?)+|' +
  '[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?(?=:))(?::\\d{1,5})?';
const mirror = new RegExp(`^mirror:${registry}(?:/${pathComponent})*$`);
const image = new RegExp(`^image:${registry}(?:/${pathComponent})+$`);
/** A repository of Docker Hub: its first part is no registry. One word with a dot is rather a registry alone. */
const ofDockerHub = new RegExp(`^image:(?![^/]*\\.)(?!localhost(?:/|$))(${pathComponent}(?:/${pathComponent})*)$`);

/** The source in the form in which it is stored, or what is wrong with it. */
export function parseImageSource(given: string): {readonly value: ImageSource} | {readonly problem: string} {
  const text = withRegistry(given);
  if (text === 'bitnamilegacy' || text === 'mirror:docker.io/bitnamilegacy') return {value: 'bitnamilegacy'};
  if (text === 'bitnamisecure' || text === 'mirror:docker.io/bitnamisecure') return {value: 'bitnamisecure'};
  if (text === 'official' || text === 'image:docker.io/library/postgres') return {value: 'official'};
  if (isPlace(text)) return {value: text};
  return {
    problem:
      `"${given}" is not a source of images. Use ${imageSourceForms}, such as ` +
      'mirror:registry.example.com/postgres or image:registry.example.com/library/postgres.',
  };
}

/** Docker's own rule for a name without a registry. Source: distribution/reference, normalize.go. */
function withRegistry(text: string): string {
  const [, repository] = ofDockerHub.exec(text) ?? [];
  if (repository === undefined) return text;
  return `image:docker.io/${repository.includes('/') ? repository : `library/${repository}`}`;
}

function isPlace(text: string): text is `mirror:${string}` | `image:${string}` {
  return mirror.test(text) || image.test(text);
}

/**
 * Whether our script starts the image: it does for Docker's official one, and for `image:`, which may be of either
 * kind. All other images are of the chart's own kind and start by themselves.
 */
export function isStartedByUs(source: ImageSource): boolean {
  return source === 'official' || source.startsWith('image:');
}

/**
 * Whether the tags differ: official images and the chart's own kind have their own, and those of `image:` are unknown.
 */
export function isOtherKind(a: ImageSource, b: ImageSource): boolean {
  return a !== b && (isStartedByUs(a) || isStartedByUs(b));
}

/** Why the source cannot have the tag; null: it can. A mirror and an `image:` may have any tag. */
export function tagOfSourceProblem(source: ImageSource, tag: string): string | null {
  if (source === 'official' && /-debian-\d+-r\d+$/.test(tag))
    return (
      `the image tag ${tag} is one of the chart's own kind of images (--image-source bitnamilegacy, say). Those of ` +
      'official, the default, are such as 17.12-bookworm.'
    );
  if (source === 'bitnamilegacy' && /-(bullseye|bookworm|trixie|alpine)/.test(tag))
    return (
      `the image tag ${tag} is one of official images (--image-source official). Those of bitnamilegacy are such as ` +
      '17.6.0-debian-12-r0.'
    );
  return null;
}

/** What is wrong with a tag. OCI distribution specification: tags. */
export function imageTagProblem(tag: string): string | null {
  return /^\w[\w.-]{0,127}$/.test(tag) ? null : `"${tag}" cannot be an image's tag. Use, for example, 17.12-bookworm.`;
}

export function imageDigestProblem(digest: string): string | null {
  return /^sha256:[0-9a-f]{64}$/.test(digest)
    ? null
    : `"${digest}" is not a digest. Use sha256: and 64 hexadecimal digits.`;
}
