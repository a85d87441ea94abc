// Images: which repositories a source stands for, references, and the PostgreSQL version behind a tag.
import type {Warning} from '../core/cause.ts';
import {isStartedByUs} from '../parameters/image-source.ts';
import type {Images, Parameters} from '../parameters/parameters.ts';
import {at} from './tree.ts';

/** The three images that the chart can run, without tags. */
interface ImageRepositories {
  /** The registry of PostgreSQL and os-shell. */
  readonly registry: string;
  readonly postgresql: string;
  readonly osShell: string;
  readonly exporter: string;
  /** The exporter's registry, where it is another one. */
  readonly exporterRegistry?: string;
}

/** Docker's official image, which also stands in for os-shell; the exporter is the one of its own project. */
const official: ImageRepositories = {
  registry: 'docker.io',
  postgresql: 'library/postgres',
  osShell: 'library/postgres',
  exporter: 'prometheuscommunity/postgres-exporter',
  exporterRegistry: 'quay.io',
};
/** The exporter of chart 16.7.26 is 0.17.1. */
const officialExporterTag = 'v0.17.1';

/** The exporter's name in a registry that the operator gave: it is taken from there, never from another registry. */
const exporterName = 'postgres-exporter';

const mirrorPrefix = 'mirror:';
const imagePrefix = 'image:';

export function imageRepositories(source: Images['source']): ImageRepositories {
  if (source === 'official') return official;
  if (source.startsWith(imagePrefix)) {
    const [registry = '', ...path] = source.slice(imagePrefix.length).split('/');
    const repository = path.join('/');
    const exporter = [...path.slice(0, -1), exporterName].join('/');
    return {registry, postgresql: repository, osShell: repository, exporter};
  }
  const place = source.startsWith(mirrorPrefix) ? source.slice(mirrorPrefix.length) : `docker.io/${source}`;
  const [registry = '', ...path] = place.split('/');
  const repository = (name: string): string => [...path, name].join('/');
  return {
    registry,
    postgresql: repository('postgresql'),
    osShell: repository('os-shell'),
    exporter: repository(exporterName),
  };
}

/**
 * The inverse of imageRepositories, from the PostgreSQL image alone; null when it is another kind of image.
 * @param startedByUs whether its container has our entry point
 */
export function imageSourceOf(registry: string, repository: string, startedByUs: boolean): Images['source'] | null {
  if (registry === official.registry && repository === official.postgresql) return 'official';
  if (startedByUs) return registry === '' ? null : `${imagePrefix}${registry}/${repository}`;
  if (registry === '' || !/(^|\/)postgresql$/.test(repository)) return null;
  if (registry === 'docker.io' && repository === 'bitnamilegacy/postgresql') return 'bitnamilegacy';
  if (registry === 'docker.io' && repository === 'bitnamisecure/postgresql') return 'bitnamisecure';
  return `${mirrorPrefix}${registry}/${repository}`.replace(/\/postgresql$/, '') as Images['source'];
}

/** The PostgreSQL image as a container runtime names it. */
export function imageReference(images: Images): string {
  const {registry, postgresql} = imageRepositories(images.source);
  return `${registry}/${postgresql}${images.digest === null ? `:${images.tag}` : `@${images.digest}`}`;
}

/** The exporter's image that goes with a source; without a tag where it is the chart's own image. */
export function exporterImage(source: Images['source']): {
  readonly registry: string;
  readonly repository: string;
  readonly tag?: string;
} {
  const {registry, exporter, exporterRegistry = registry} = imageRepositories(source);
  const tag = isStartedByUs(source) ? {tag: officialExporterTag} : {};
  return {registry: exporterRegistry, repository: exporter, ...tag};
}

/** The exporter's image, as far as the values say it; without a tag where it is the chart's own image. */
export function exporterReference({images, extraValues}: Pick<Parameters, 'images' | 'extraValues'>): string {
  const own = exporterImage(images.source);
  const given = at(extraValues, ['metrics', 'image']);
  const said = (key: string): string | null => {
    const text = at(given, [key]);
    return typeof text === 'string' && text !== '' ? text : null;
  };
  const tag = said('tag') ?? own.tag ?? null;
  const digest = said('digest');
  const version = digest === null ? (tag === null ? '' : `:${tag}`) : `@${digest}`;
  return `${said('registry') ?? own.registry}/${said('repository') ?? own.repository}${version}`;
}

/** The tag of the database's image in values of the chart; null when they have none. */
export function imageTagOf(values: Readonly<Record<string, unknown>>): string | null {
  const tag = at(values, ['image', 'tag']);
  return typeof tag === 'string' || typeof tag === 'number' ? String(tag) : null;
}

/** `17.6.0-debian-12-r0` and `17.6-bookworm` → `17.6`, `17` → `17`; null when the tag does not begin with a version. */
export function postgresVersionOf(tag: string): string | null {
  return /^(\d+(?:\.\d+)?)(?![\w])/.exec(tag)?.[1] ?? null;
}

const debians: Readonly<Record<string, string>> = {bullseye: '11', bookworm: '12', trixie: '13'};

/** `17.6.0-debian-12-r0` and `17.12-bookworm` → `Debian 12`; null when the tag does not say it. */
export function baseSystemOf(tag: string): string | null {
  if (/(^|[-.])alpine/.test(tag)) return 'Alpine';
  const [, number, name = ''] = /(?:^|-)(?:debian-(\d+)|(bullseye|bookworm|trixie))(?=-|$)/.exec(tag) ?? [];
  const version = number ?? debians[name];
  return version === undefined ? null : `Debian ${version}`;
}

/**
 * What the operator should know about where the images come from; null when there is nothing to say. `move`: the
 * command that changes to other images.
 */
export function imagesWarning(images: Images, move: string): Warning | null {
  if (images.source !== 'bitnamilegacy') return null;
  return {
    code: 'IMAGES_FROZEN',
    message:
      'The images of docker.io/bitnamilegacy are frozen since August 2025: they get no security fixes and no ' +
      `newer PostgreSQL. To have maintained ones, with the data that is there: ${move}`,
  };
}
