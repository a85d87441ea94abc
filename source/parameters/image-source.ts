// Where images may come from, and what may be a tag or a digest.

export type ImageSource = 'official' | 'bitnamilegacy' | `mirror:${string}`;

const pathComponent = '[a-z0-9]+(?:(?:\\.|_{1,2}|-+)[a-z0-9]+)*';
/**
 * A registry without a dot, a port or the name localhost would be taken for a path on Docker Hub. Source:
 * distribution/reference.
 */
const registry =
  '(?:localhost|[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?(?:\\.[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?)+|' +
  '[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?(?=:))(?::\\d{1,5})?';
const mirror = new RegExp(`^mirror:${registry}(?:/${pathComponent})*$`);

/** The source as it is kept, or what is wrong with it. */
export function parseImageSource(text: string): {readonly value: ImageSource} | {readonly problem: string} {
  if (text === 'bitnamilegacy' || text === 'mirror:docker.io/bitnamilegacy') return {value: 'bitnamilegacy'};
  if (text === 'official') return {value: 'official'};
  if (text === 'bitnamisecure')
    return {problem: `"${text}" is not available yet. Right are official, bitnamilegacy and mirror:REGISTRY[/PATH].`};
  if (isMirror(text)) return {value: text};
  return {
    problem:
      `"${text}" is not a source of images. Right are official, bitnamilegacy and mirror:REGISTRY[/PATH], such as ` +
      'mirror:registry.example.com/postgres.',
  };
}

function isMirror(text: string): text is `mirror:${string}` {
  return mirror.test(text);
}

/** Docker's official images and the chart's own kind are started differently, and have tags of their own. */
export function isOtherKind(a: ImageSource, b: ImageSource): boolean {
  return (a === 'official') !== (b === 'official');
}

/** Why the source has no such tag; null: it may. A mirror may have any. */
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

/** OCI distribution specification: tags. */
export function imageTagProblem(tag: string): string | null {
  return /^\w[\w.-]{0,127}$/.test(tag)
    ? null
    : `"${tag}" cannot be an image's tag. Right is, for example, 17.12-bookworm.`;
}

export function imageDigestProblem(digest: string): string | null {
  return /^sha256:[0-9a-f]{64}$/.test(digest)
    ? null
    : `"${digest}" is not a digest. Right is sha256: and 64 hexadecimal digits.`;
}
