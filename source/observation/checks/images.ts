// Whether the images are still maintained, and whether they can be pulled.
import {imagesWarning} from '../../chart/image.ts';
import {moveToOfficial} from '../warnings.ts';
import {refuse, type CheckRule, type Finding} from './rule.ts';
import {object} from './messages.ts';

export const images: CheckRule = (survey, {parameters, target, existing}) => {
  const {pullSecret} = parameters.images;
  const move = existing ? moveToOfficial(target) : 'leave --image-source away (the default is official).';
  const warning = imagesWarning(parameters.images, move);
  const frozen: readonly Finding[] = warning ? [{severity: 'warn', warning}] : [];
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
