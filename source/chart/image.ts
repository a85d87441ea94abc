// Images: which repositories a source stands for, references, and the PostgreSQL version behind a tag.
import type {Warning} from '../core/cause.ts';
import type {Images} from '../parameters/parameters.ts';

/** The three images that the chart can run, without tags. */
export interface ImageRepositories {
  readonly registry: string;
  readonly postgresql: string;
  readonly osShell: string;
  readonly exporter: string;
}

const mirrorPrefix = 'mirror:';

export function imageRepositories(source: Images['source']): ImageRepositories {
  const place = source === 'bitnamilegacy' ? 'docker.io/bitnamilegacy' : source.slice(mirrorPrefix.length);
  const [registry = '', ...path] = place.split('/');
  const repository = (name: string): string => [...path, name].join('/');
  return {
    registry,
    postgresql: repository('postgresql'),
    osShell: repository('os-shell'),
    exporter: repository('postgres-exporter'),
  };
}

/** The inverse of imageRepositories, from the PostgreSQL image alone; null when it is another kind of image. */
export function imageSourceOf(registry: string, repository: string): Images['source'] | null {
  if (registry === '' || !/(^|\/)postgresql$/.test(repository)) return null;
  if (registry === 'docker.io' && repository === 'bitnamilegacy/postgresql') return 'bitnamilegacy';
  return `${mirrorPrefix}${registry}/${repository}`.replace(/\/postgresql$/, '') as Images['source'];
}

/** The PostgreSQL image as a container runtime names it. */
export function imageReference(images: Images): string {
  const {registry, postgresql} = imageRepositories(images.source);
  return `${registry}/${postgresql}${images.digest === null ? `:${images.tag}` : `@${images.digest}`}`;
}

/** `17.6.0-debian-12-r0` and `17.6-bookworm` → `17.6`, `17` → `17`; null when the tag does not begin with a version. */
export function postgresVersionOf(tag: string): string | null {
  return /^(\d+(?:\.\d+)?)(?![\w])/.exec(tag)?.[1] ?? null;
}

/** What the operator should know about where the images come from; null when there is nothing to say. */
export function imagesWarning(images: Images): Warning | null {
  if (images.source !== 'bitnamilegacy') return null;
  return {
    code: 'IMAGES_FROZEN',
    message:
      'The images of docker.io/bitnamilegacy are frozen since August 2025: they get no security fixes and no ' +
      'newer PostgreSQL. ' +
      'To run maintained ones of the same kind, give --image-source mirror:REGISTRY[/PATH].',
  };
}
