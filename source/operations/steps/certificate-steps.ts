// The certificate of the servers: there before a pod needs it, and in use wherever a pod has an older one.
import type {Naming} from '../../chart/names.ts';
import {certificateSecretOf} from '../../chart/parameters/tls.ts';
import {clusterTimeOf} from '../../observation/cluster-time.ts';
import {podsToReload, desiredNames, whyRenew} from '../../observation/certificate.ts';
import type {Snapshot} from '../../observation/snapshot.ts';
import type {Parameters} from '../../parameters/parameters.ts';
import type {Step} from '../converge.ts';
import type {CertificatePort} from '../ports/certificate.ts';

type Desired = Pick<Parameters, 'tls' | 'hostname'>;

/** Empty where TLS is off. */
export interface CertificateSteps {
  /** Before helm, and before any pod restarts. */
  readonly before: readonly Step<unknown>[];
  /** When the Services have their addresses, and before anything is proven. */
  readonly after: readonly Step<unknown>[];
}

export function certificateSteps(desired: Desired, naming: Naming): CertificateSteps {
  const secret = certificateSecretOf(desired.tls, naming);
  if (secret === null) return {before: [], after: []};
  const inUse: Step<unknown> = {
    name: 'certificate in use',
    shownAs: {track: 'endpoints', text: 'the servers get their certificate'},
    done: (snapshot) => podsToReload(snapshot).length === 0,
    async run(ports: CertificatePort, _wanted, snapshot) {
      const behind = podsToReload(snapshot);
      for (const {metadata} of behind)
        await ports.loadCertificate({name: metadata.name, uid: metadata.uid ?? ''}, secret);
      return (
        `${behind.map(({metadata}) => metadata.name).join(', ')}: the certificate of the Secret ${secret.secret} ` +
        'is in use. Nothing was restarted.'
      );
    },
  };
  if (desired.tls.certificate !== 'self-signed') return {before: [inUse], after: [inUse]};
  const made = (name: string): Step<unknown> => ({
    name,
    done: (snapshot) => whyRenewIn(snapshot, desired) === null,
    async run(ports: CertificatePort, _wanted, snapshot) {
      await ports.writeCertificate(desiredNames(snapshot, desired));
      return null;
    },
  });
  return {before: [made('certificate'), inUse], after: [made('certificate for all names'), inUse]};
}

/** Why the installer's own certificate has to be recreated; null: it need not. */
function whyRenewIn(snapshot: Snapshot, desired: Pick<Parameters, 'hostname'>): ReturnType<typeof whyRenew> {
  return whyRenew(snapshot.certificate ?? null, desiredNames(snapshot, desired), clusterTimeOf(snapshot));
}
