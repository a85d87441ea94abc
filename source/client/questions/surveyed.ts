// What a place offers to choose from, as the form and the questions need it.
import {canGrow, encryptionOf} from '../../observation/checks/storage-class.ts';
import {fittingNodes, placeOf} from '../../observation/place.ts';
import type {Survey} from '../../observation/survey.ts';
import {instanceTypeLabel} from '../../parameters/identifiers.ts';
import type {ReleaseSession} from '../settings.ts';
import type {Surveyed} from '../types.ts';

function surveyed(survey: Survey): Surveyed {
  const nodes = survey.nodes ?? [];
  const types = [...new Set(nodes.flatMap(({metadata}) => metadata.labels?.[instanceTypeLabel] ?? []))].sort();
  return {
    place: placeOf(survey),
    instanceTypes: [...types, 'any'].map((name) => ({name, fitting: fittingNodes(nodes, name).length})),
    storageClasses: (survey.storageClasses ?? []).map((one) => ({
      name: one.metadata.name,
      grows: canGrow(one),
      encrypted: encryptionOf(one),
    })),
    exists: survey.release.revisions.length > 0,
  };
}

/** What the place of a release offers. */
export async function offerOf({ports}: Pick<ReleaseSession, 'ports'>): Promise<Surveyed> {
  return surveyed(await ports.survey({password: null, pullSecret: null}));
}
