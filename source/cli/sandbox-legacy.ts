// sandbox up --with legacy: what is said of the release that plain helm made, to try adopt on.
import {legacyRelease} from '../client/legacy-release.ts';
import {adoptAsIs} from '../commands/operation.ts';
import {render} from '../commands/command-line.ts';

export function legacyLines(made: 'made' | 'there'): readonly string[] {
  const {release, namespace} = legacyRelease;
  const adopt = render(adoptAsIs({release, namespace, context: null}));
  const place = `${release} in ${namespace}`;
  return [
    made === 'made'
      ? `${place} was made by plain helm. Take it over:`
      : `${place} was there already, and stays as it is. Where it is not adopted yet:`,
    `  ${adopt} --sandbox`,
  ];
}
