// Whether the images are looked after, and whether they can be pulled.
import {refuse, warn, type CheckRule} from './rule.ts';
import {object} from './messages.ts';

export const images: CheckRule = (survey, {parameters, target}) => {
  const {source, pullSecret} = parameters.images;
  const frozen =
    source === 'bitnamilegacy'
      ? [
          warn(
            'IMAGES_FROZEN',
            'The images of bitnamilegacy are frozen since August 2025: they get no security fixes and no newer ' +
              'PostgreSQL. Those of --image-source official do, and so does a mirror with images of your own ' +
              '(--image-source mirror:REGISTRY/PATH).',
          ),
        ]
      : [];
  if (pullSecret === null || survey.pullSecretExists !== false) return frozen;
  const first = survey.namespace.state === 'absent' ? ` The namespace does not exist either: make it first.` : '';
  return [
    refuse(
      'IMAGE_FORBIDDEN',
      `There is no Secret ${pullSecret} in namespace ${target.namespace} to pull the images with.${first}`,
      {
        object: object('Secret', target, pullSecret),
        remedies: [
          {
            title:
              `Make it: a Secret of type kubernetes.io/dockerconfigjson named ${pullSecret} in namespace ` +
              `${target.namespace}.`,
          },
          {title: 'Leave --pull-secret away, when the registry gives the images to everybody.'},
        ],
      },
    ),
    ...frozen,
  ];
};
