// The errors of a helm command that began its work and could not finish it.
import type {ErrorRule} from './rule.ts';
import {look, named, recover} from './messages.ts';

export const connectionRules: readonly ErrorRule[] = [
  {
    code: 'TIMEOUT',
    match: /(?:failed |)((?:pre|post)-[a-z]+)[\s\S]*(?:timed out waiting for the condition|context deadline exceeded)/,
    mean: (about, [, hook = '']) => ({message: `A ${hook} job of release ${named(about)} did not end in time.`}),
  },
  {
    code: 'CONNECTION_LOST',
    match:
      /connection reset by peer|unexpected EOF|": EOF|i\/o timeout|client connection lost|connection refused|no route to host|network is unreachable|TLS handshake timeout|broken pipe|no such host|GOAWAY|etcdserver: |server is currently unable to handle the request|[Tt]oo many requests|Internal error occurred: |an error on the server \(|unable to return a response in the time allotted|request did not complete within|failed to download openapi|unable to retrieve the complete list of server APIs|the server could not find the requested resource|no matches for kind "[^"]+" in version "(?:v1|apps\/v1|batch\/v1|policy\/v1|networking\.k8s\.io\/v1)"/,
    mean: (about) => ({
      message:
        `The connection to the cluster of context ${about.context} broke while helm was at work; how far it came ` +
        `is in the release's record.`,
      remedies: [look('When the cluster answers again, see where it stands', about)],
    }),
  },
  {
    code: 'CANCELLED',
    match: /context canceled/,
    mean: (about) => ({
      message: `Helm was stopped while it worked on release ${named(about)}.`,
      remedies: [recover('Go on from there', about)],
    }),
  },
];
