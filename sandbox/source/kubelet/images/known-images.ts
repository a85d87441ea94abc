// The images of the sandbox: which there are, what is in them, and what a registry says of all others.

export type ImageShape = 'bitnami' | 'official' | 'shell';

/** By their full names, with the registry docker.io. The cluster of the tests has the same images. */
const images: Readonly<Record<string, ImageShape>> = {
  'docker.io/bitnamilegacy/postgresql:17.5.0-debian-12-r20': 'bitnami',
  'docker.io/bitnamilegacy/postgresql:17.6.0-debian-12-r0': 'bitnami',
  'docker.io/bitnamilegacy/postgresql:17.6.0-debian-12-r4': 'bitnami',
  'docker.io/bitnamilegacy/os-shell:12-debian-12-r50': 'shell',
  'docker.io/bitnamilegacy/os-shell:12-debian-12-r51': 'shell',
  'docker.io/library/postgres:17-bookworm': 'official',
  'docker.io/library/postgres:17.5-bookworm': 'official',
  'docker.io/library/postgres:17.6-bookworm': 'official',
  'docker.io/library/postgres:17.7-bookworm': 'official',
  'docker.io/library/postgres:17.12-bookworm': 'official',
};

export type Pull =
  | {readonly kind: 'there'; readonly shape: ImageShape; readonly bytes: number}
  | {readonly kind: 'refused'; readonly message: string};

/** `postgres:17` → `docker.io/library/postgres:17`; no tag is `latest`. */
export function fullReference(image: string): string {
  const [first = '', ...rest] = image.split('/');
  const hasRegistry = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const path = hasRegistry ? image : rest.length > 0 ? `docker.io/${image}` : `docker.io/library/${image}`;
  return path.includes('@') || /:[^/]+$/.test(path) ? path : `${path}:latest`;
}

/** Null: the sandbox does not have the image. */
export function shapeOf(image: string): ImageShape | null {
  return images[fullReference(image)] ?? null;
}

/** A registry's answer, in containerd's words. `missing`: the fault that makes every image unknown. */
export function pull(image: string, missing: boolean): Pull {
  const reference = fullReference(image);
  const [, host = '', path = ''] = /^([^/]+)\/(.*)$/.exec(reference) ?? [];
  const asked = `failed to pull and unpack image "${reference}": failed to resolve reference "${reference}"`;
  const status = (text: string): Pull => ({
    kind: 'refused',
    message:
      `${asked}: pulling from host ${host} failed with status code [manifests ${reference.split(/[:@]/).at(-1)}]: ` +
      `${text}`,
  });
  if (/(^|\/)private\//.test(path)) return status('401 Unauthorized');
  if (/(^|\/)limited\//.test(path)) return status('429 Too Many Requests');
  const shape = missing ? undefined : images[reference];
  if (shape === undefined)
    return {kind: 'refused', message: `rpc error: code = NotFound desc = ${asked}: ${reference}: not found`};
  return {kind: 'there', shape, bytes: shape === 'shell' ? 46_000_000 : 104_000_000};
}
