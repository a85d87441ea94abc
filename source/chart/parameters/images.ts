// The three images that the chart can run, the tag of the first, and the Secret to pull them with.
import {images as descriptor, type Images} from '../../parameters/descriptors/images.ts';
import {isStartedByUs} from '../../parameters/image-source.ts';
import {exporterImage, imageRepositories, imageSourceOf} from '../image.ts';
import {entrypointArguments, isEntrypoint} from '../official/entrypoint.ts';
import {at, textAt} from '../tree.ts';
import {fromBoth, inBoth, owned, ownedInBoth, type ChartParameter} from './chart-parameter.ts';

const flagOf = (part: keyof Images): string =>
  descriptor.flags.find((flag) => flag.part === part)?.name ?? descriptor.key;
const keysOf = (image: string): string[] => ['registry', 'repository', 'pullSecrets'].map((key) => `${image}.${key}`);

export const images: ChartParameter<Images> = {
  owns: [
    ...owned(
      flagOf('source'),
      'global.imageRegistry',
      ...keysOf('image'),
      'metrics.image.pullSecrets',
      ...keysOf('volumePermissions.image'),
    ),
    ...owned(flagOf('tag'), 'image.tag'),
    ...owned(flagOf('source'), 'volumePermissions.image.tag'),
    ...ownedInBoth(null, 'args'),
    ...owned(flagOf('digest'), 'image.digest', 'volumePermissions.image.digest'),
    ...owned(flagOf('pullSecret'), 'global.imagePullSecrets'),
    ...owned(null, 'global.security'),
  ],
  // A file for --values may name another exporter.
  shares: owned(flagOf('source'), ...['registry', 'repository', 'tag'].map((key) => `metrics.image.${key}`)),
  // The other two images of the chart's own kind keep the tags that the chart's version gives them.
  write: ({source, tag, digest, pullSecret}) => {
    const {registry, postgresql, osShell} = imageRepositories(source);
    const byUs = isStartedByUs(source);
    const version = {tag, ...(digest === null ? {} : {digest})};
    return {
      global: {
        // Without this the chart refuses images of repositories other than its own.
        security: {allowInsecureImages: true},
        ...(pullSecret === null ? {} : {imagePullSecrets: [pullSecret]}),
      },
      image: {registry, repository: postgresql, ...version},
      volumePermissions: {image: {registry, repository: osShell, ...(byUs ? version : {})}},
      metrics: {image: exporterImage(source)},
      ...(byUs ? inBoth({args: entrypointArguments}) : {}),
    };
  },
  read: (values) => {
    const image = at(values, ['image']);
    const byUs = fromBoth(values, (component) => isEntrypoint(at(component, ['args']))) === true;
    const source = imageSourceOf(textAt(image, ['registry']) ?? '', textAt(image, ['repository']) ?? '', byUs);
    const tag = textAt(image, ['tag']);
    // An official image that somebody else's command starts is another kind of release.
    if (source === null || tag === undefined || isStartedByUs(source) !== byUs) return undefined;
    const pullSecrets = at(values, ['global', 'imagePullSecrets']);
    const pullSecret: unknown = Array.isArray(pullSecrets) ? pullSecrets[0] : null;
    return {
      source,
      tag,
      digest: textAt(image, ['digest']) ?? null,
      pullSecret: typeof pullSecret === 'string' ? pullSecret : null,
    };
  },
};
