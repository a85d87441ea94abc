// The names that a server certificate of a release must carry, so that a client with sslmode=verify-full accepts it
// under each name that we show. The chart's own certificate lacks those of the Services of writer and readers (chart
// 16.7.26, templates/tls-secrets.yaml).
import {readerHostname} from '../parameters/network.ts';
import {objectNames, type Naming} from './names.ts';

export interface CertificateNames {
  readonly dns: readonly string[];
  /** IPv4 and IPv6 addresses, without brackets. */
  readonly ips: readonly string[];
}

interface CertificateScope extends Naming {
  readonly namespace: string;
  /** The writer's hostname for external-dns; null: none. */
  readonly hostname: string | null;
  /** The addresses or names of load balancers, as far as they are known. */
  readonly addresses: readonly string[];
}

const clusterDomain = 'cluster.local';
const isAddress = (text: string) => /^\d+(\.\d+){3}$/.test(text) || text.includes(':');

/** The names that the installer shows to people, which an operator's own certificate has to cover. */
export function shownNames({namespace, hostname, addresses, ...naming}: CertificateScope): CertificateNames {
  const {writer, reader} = objectNames(naming);
  const inside = [writer, reader].map((service) => `${service}.${namespace}.svc.${clusterDomain}`);
  const outside = hostname === null ? [] : [hostname, readerHostname(hostname)];
  return {
    dns: [...new Set([...inside, ...outside, ...addresses.filter((one) => !isAddress(one))])],
    ips: [...new Set(addresses.filter(isAddress))],
  };
}

/** Each name once: Services and pods in every form that the cluster's DNS knows, hostnames, localhost, addresses. */
export function certificateNames(scope: CertificateScope): CertificateNames {
  const {namespace} = scope;
  const {writer, reader, writerHeadless, readerHeadless} = objectNames(scope);
  const services = [writer, reader, writerHeadless, readerHeadless];
  const pods = [writerHeadless, readerHeadless].map((service) => `*.${service}`);
  const qualified = [`.${namespace}`, `.${namespace}.svc`, `.${namespace}.svc.${clusterDomain}`];
  const inside = [
    ...services,
    // OpenSSL's clients accept no wildcard right before a name without a dot, so pods get only the longer names.
    ...[...services, ...pods].flatMap((name) => qualified.map((suffix) => name + suffix)),
  ];
  const shown = shownNames(scope);
  return {
    dns: [...new Set([...inside, ...shown.dns, 'localhost'])],
    ips: [...new Set(['127.0.0.1', '::1', ...shown.ips])],
  };
}
