// Network policies that let in named namespaces. Operators may have rules of their own in the same list, so that
// nothing here is the installer's alone, see ../shared.ts.
import {allowNamespaces as descriptor, type AllowNamespaces} from '../../parameters/descriptors/allow-namespaces.ts';
import {ingressRules, namespacesIn} from '../network-policy.ts';
import {at} from '../tree.ts';
import {fromBoth, inBoth, mainFlag, merged, ownedInBoth, type ChartParameter} from './chart-parameter.ts';

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
  // Undefined: of what an earlier version of this program began.
  write: (value = null, naming, all) => {
    const extraIngress = ingressRules(value, naming, all);
    return merged(
      value === null ? {} : inBoth({networkPolicy: {allowExternal: false}}),
      extraIngress.length === 0 ? {} : inBoth({networkPolicy: {extraIngress}}),
      // Kubernetes documentation, Preserving the client source IP: a policy that names ranges sees whose they are.
      value !== null && all.allowFrom.kind === 'cidrs' ? inBoth({service: {externalTrafficPolicy: 'Local'}}) : {},
    );
  },
  read: (values) =>
    fromBoth(values, (component) =>
      at(component, ['networkPolicy', 'allowExternal']) === false
        ? namespacesIn(at(component, ['networkPolicy', 'extraIngress']))
        : null,
    ) ?? null,
};
