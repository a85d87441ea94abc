// Network policies that let in named namespaces. Operators may have rules of their own in the same list, so none of its
// paths is the installer's alone, see ../shared.ts.
import {allowNamespaces as descriptor, type AllowNamespaces} from '../../parameters/descriptors/allow-namespaces.ts';
import type {Parameters} from '../../parameters/parameters.ts';
import {ofReaders} from '../../parameters/readers.ts';
import {ingressRules, namespacesIn} from '../network-policy.ts';
import {at} from '../tree.ts';
import {fromBoth, inEach, mainFlag, merged, ownedInBoth, type ChartParameter} from './chart-parameter.ts';

const flag = mainFlag(descriptor);

export const allowNamespaces: ChartParameter<AllowNamespaces> = {
  owns: [],
  shares: ownedInBoth(
    flag,
    'networkPolicy.allowExternal',
    'networkPolicy.extraIngress',
    'service.externalTrafficPolicy',
  ),
  excludes: (value) =>
    value === null ? [] : ownedInBoth(flag, 'networkPolicy.enabled', 'networkPolicy.allowExternal'),
  write: (value, naming, all) => {
    // The ranges apply only to a component with a load balancer, and one of the two may have none.
    return inEach(all.exposure, ofReaders(all).exposure, (exposure) => {
      const reached: Parameters = exposure === 'load-balancer' ? all : {...all, allowFrom: {kind: 'none'}};
      const extraIngress = ingressRules(value, naming, reached);
      return merged(
        value === null ? {} : {networkPolicy: {allowExternal: false}},
        extraIngress.length === 0 ? {} : {networkPolicy: {extraIngress}},
        // Kubernetes documentation, Preserving the client source IP: with Local, a policy that names ranges sees the
        // client's address.
        value !== null && reached.allowFrom.kind === 'cidrs' ? {service: {externalTrafficPolicy: 'Local'}} : {},
      );
    });
  },
  read: (values) =>
    fromBoth(values, (component) =>
      at(component, ['networkPolicy', 'allowExternal']) === false
        ? namespacesIn(at(component, ['networkPolicy', 'extraIngress']))
        : null,
    ) ?? null,
};
