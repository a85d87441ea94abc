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

/** OCI distribution specification: tags. */
export function imageTagProblem(tag: string): string | null {
  return /^\w[\w.-]{0,127}$/.test(tag)
    ? null
    : `"${tag}" cannot be an image's tag. Right is, for example, 17.6.0-debian-12-r0.`;
}

export function imageDigestProblem(digest: string): string | null {
  return /^sha256:[0-9a-f]{64}$/.test(digest)
    ? null
    : `"${digest}" is not a digest. Right is sha256: and 64 hexadecimal digits.`;
}
