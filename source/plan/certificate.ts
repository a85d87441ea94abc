// What a change does to TLS: for clients, and to the certificate.
import {namedSecret, type Tls} from '../parameters/descriptors/tls.ts';
import {podsToReload, desiredNames, whyRenew} from '../observation/certificate.ts';
import {clusterTimeOf} from '../observation/cluster-time.ts';
import type {ChangeConsequence, ChangeFacts} from './change-facts.ts';

/** Empty where TLS is off and stays off. */
export function certificateConsequences(facts: ChangeFacts): ChangeConsequence[] {
  return [...forClients(facts), ...renewal(facts)];
}

/** How a new release speaks TLS, in a sentence; null: it does not. */
export function encryptionOffered(tls: Tls): string | null {
  if (tls.certificate === 'off') return null;
  const secret = namedSecret(tls);
  const whose = secret === null ? 'an authority of its own, whose certificate they can verify' : `the Secret ${secret}`;
  const plain = tls.required ? 'Clients without TLS are refused.' : 'Clients without TLS are let in too.';
  return `Clients that ask for TLS get it, with the certificate of ${whose}. ${plain}`;
}

function forClients({before, existing, desired}: ChangeFacts): ChangeConsequence[] {
  if (existing === null || JSON.stringify(existing.tls) === JSON.stringify(desired.tls)) return [];
  const object = `Release/${before.target.release}`;
  return [{code: 'ENDPOINT_CHANGE', object, sentence: sentenceOf(existing.tls, desired.tls)}];
}

function sentenceOf(is: Tls, will: Tls): string {
  if (will.certificate === 'off')
    return 'TLS is switched off: what clients send is not encrypted any more, and those that ask for TLS are refused.';
  const refused = 'Clients without TLS are refused from the restart on, those inside the cluster too.';
  const admitted = 'Clients without TLS are let in again.';
  const change = is.required === will.required ? [] : [will.required ? refused : admitted];
  const first =
    is.certificate === will.certificate
      ? []
      : [
          is.certificate === 'off'
            ? 'Clients that ask for TLS get it.'
            : 'Clients see another certificate: give them its authority.',
        ];
  return [...first, ...change].join(' ');
}

function renewal({before, desired, certificate}: ChangeFacts): ChangeConsequence[] {
  if (desired.tls.certificate === 'off') return [];
  const behind = podsToReload(before).map(({metadata}) => metadata.name);
  const secret = namedSecret(desired.tls);
  if (secret !== null) {
    if (behind.length === 0) return [];
    return [
      renewed(
        `Secret/${secret}`,
        `The certificate of the Secret ${secret} is given to ${behind.join(', ')}, which have ` +
          'an older one. Nothing restarts for that.',
      ),
    ];
  }
  if (!certificate) return [];
  const why = whyRenew(certificate, desiredNames(before, desired), clusterTimeOf(before));
  const object = `Secret/${certificate.secret}`;
  if (why === 'missing')
    return [
      renewed(object, `A certificate for a year is made in the Secret ${certificate.secret}, and its authority.`),
    ];
  if (why === null && behind.length === 0) return [];
  return [renewed(object, why === null ? givenTo(certificate.secret, behind) : reasons[why])];
}

const reasons = {
  expires:
    'The certificate ends within 30 days: it is recreated, by the same authority, for a year. Nothing restarts for ' +
    'that, and what clients trust stays.',
  names:
    'The certificate is recreated, by the same authority, because it does not cover all names. Nothing restarts for ' +
    'that, and what clients trust stays.',
} as const;

function givenTo(secret: string, pods: readonly string[]): string {
  return `The certificate of the Secret ${secret} is given to ${pods.join(', ')}. Nothing restarts for that.`;
}

function renewed(object: string, sentence: string): ChangeConsequence {
  return {code: 'CERTIFICATE_RENEW', object, sentence};
}
