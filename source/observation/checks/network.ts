// Whether network policies have an effect here, and whether the desired service mesh is there.
import {meshNotFound, policyWarnings, rangesOverPods} from '../network-warnings.ts';
import {warn, type CheckRule} from './rule.ts';

export const network: CheckRule = (survey, {parameters, target}) =>
  [
    ...policyWarnings(survey.network, parameters, target),
    ...rangesOverPods(
      parameters,
      (survey.nodes ?? []).flatMap(({spec}) => spec.podCIDRs ?? []),
    ),
    ...meshNotFound(survey.network, parameters.serviceMesh),
  ].map(({code, message}) => warn(code, message));
