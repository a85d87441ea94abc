// Whom a load balancer lets in: source ranges, or the annotation that keeps it inside the cloud's network.
import {allowFrom as descriptor, type AllowFrom} from '../../parameters/descriptors/allow-from.ts';
import {ofReaders} from '../../parameters/readers.ts';
import {at, withoutPaths, textAt, type Values} from '../tree.ts';
import {components, inBoth, mainFlag, merged, ownedInBoth, ownedKeys, type ChartParameter} from './chart-parameter.ts';

/** Sources: AWS Load Balancer Controller, AKS and GKE documentation. */
const annotation = {
  awsInternal: 'service.beta.kubernetes.io/aws-load-balancer-internal',
  awsScheme: 'service.beta.kubernetes.io/aws-load-balancer-scheme',
  azureInternal: 'service.beta.kubernetes.io/azure-load-balancer-internal',
  gcpType: 'networking.gke.io/load-balancer-type',
} as const;

export const allowFrom: ChartParameter<AllowFrom> = {
  owns: [
    ...ownedInBoth(mainFlag(descriptor), 'service.loadBalancerSourceRanges'),
    ...components.flatMap((component) =>
      ownedKeys(
        descriptor.flagOf({kind: 'internal', cloud: 'aws'}),
        `${component}.service.annotations`,
        ...Object.values(annotation),
      ),
    ),
  ],
  write: (value, _naming, all) => {
    const annotations = annotationsOf(value);
    const written: Values = merged(
      value.kind === 'cidrs' ? sourceRanges(value.cidrs) : {},
      Object.keys(annotations).length === 0 ? {} : inBoth({service: {annotations}}),
    );
    // Only a component with a load balancer gets these values.
    return withoutPaths(
      written,
      [all, ofReaders(all)].flatMap(({exposure}, index) =>
        exposure === 'load-balancer' ? [] : [[components[index] ?? '']],
      ),
    );
  },
  // Where both components have a load balancer, both must say the same.
  read: (values) => {
    const [first = {kind: 'none'}, ...others] = components.flatMap((one) => {
      const component = at(values, [one]);
      return textAt(component, ['service', 'type']) === 'LoadBalancer' ? [readFrom(component)] : [];
    });
    return others.every((one) => JSON.stringify(one) === JSON.stringify(first)) ? first : undefined;
  },
};

/**
 * The template read/svc.yaml of chart 16.7.26 prints the list as it is, so several elements become one invalid string;
 * a single joined element comes out right. YAML requires quotes around what begins with a colon.
 */
function sourceRanges(cidrs: readonly string[]): Values {
  const joined = cidrs.map((cidr) => (cidr.startsWith(':') ? `"${cidr}"` : cidr)).join(', ');
  return {
    primary: {service: {loadBalancerSourceRanges: cidrs}},
    readReplicas: {service: {loadBalancerSourceRanges: [joined]}},
  };
}

/** The AWS controller makes load balancers internal unless it is told otherwise; the others ignore its key. */
function annotationsOf(value: AllowFrom): Readonly<Record<string, string>> {
  if (value.kind === 'none') return {};
  if (value.kind !== 'internal') return {[annotation.awsScheme]: 'internet-facing'};
  switch (value.cloud) {
    case 'aws':
      return {[annotation.awsInternal]: 'true', [annotation.awsScheme]: 'internal'};
    case 'azure':
      return {[annotation.azureInternal]: 'true'};
    case 'gcp':
      return {[annotation.gcpType]: 'Internal'};
  }
}

function readFrom(component: unknown): AllowFrom {
  const ranges = at(component, ['service', 'loadBalancerSourceRanges']);
  if (Array.isArray(ranges) && ranges.length > 0)
    return {kind: 'cidrs', cidrs: ranges.join(',').replace(/"/g, '').split(/,\s*/)};
  const annotations = at(component, ['service', 'annotations']);
  if (textAt(annotations, [annotation.awsInternal]) === 'true') return {kind: 'internal', cloud: 'aws'};
  if (textAt(annotations, [annotation.azureInternal]) === 'true') return {kind: 'internal', cloud: 'azure'};
  if (textAt(annotations, [annotation.gcpType]) === 'Internal') return {kind: 'internal', cloud: 'gcp'};
  return {kind: 'public'};
}
