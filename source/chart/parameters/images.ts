// The three images that the chart can run, the tag of the first, and the Secret to pull them with.
import {images as descriptor, type Images} from '../../parameters/descriptors/images.ts';
import {imageRepositories, imageSourceOf} from '../image.ts';
import {at} from '../tree.ts';
import {owned, textAt, type ChartParameter} from './chart-parameter.ts';

const flagOf = (part: keyof Images): string =>
  descriptor.flags.find((flag) => flag.part === part)?.name ?? descriptor.key;
const keysOf = (image: string): string[] => ['registry', 'repository', 'pullSecrets'].map((key) => `${image}.${key}`);

export const images: ChartParameter<Images> = {
  owns: [
    ...owned(
      flagOf('source'),
      'global.imageRegistry',
      ...keysOf('image'),
      ...keysOf('metrics.image'),
      ...keysOf('volumePermissions.image'),
    ),
    ...owned(flagOf('tag'), 'image.tag'),
    ...owned(flagOf('digest'), 'image.digest'),
    ...owned(flagOf('pullSecret'), 'global.imagePullSecrets'),
    ...owned(null, 'global.security'),
  ],
  // The other two images keep the tags that the chart's version gives them.
  write: ({source, tag, digest, pullSecret}) => {
    const {registry, postgresql, osShell, exporter} = imageRepositories(source);
    return {
      global: {
        // The chart refuses images of other repositories than its own without it.
        security: {allowInsecureImages: true},
        ...(pullSecret === null ? {} : {imagePullSecrets: [pullSecret]}),
      },
      image: {registry, repository: postgresql, tag, ...(digest === null ? {} : {digest})},
      volumePermissions: {image: {registry, repository: osShell}},
      metrics: {image: {registry, repository: exporter}},
    };
  },
  read: (values) => {
    const image = at(values, ['image']);
    const source = imageSourceOf(textAt(image, ['registry']) ?? '', textAt(image, ['repository']) ?? '');
    const tag = textAt(image, ['tag']);
    if (source === null || tag === undefined) return undefined;
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
