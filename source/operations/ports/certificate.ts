// The certificate of the database's servers.
import type {CertificateNames} from '../../chart/certificate-names.ts';
import type {CertificateSecret} from '../../chart/parameters/tls.ts';
import type {PodRef} from './pods.ts';

export interface CertificatePort {
  /**
   * Gives the installer's Secret a certificate for these names, from the release's own authority, which is made where
   * there is none. A good certificate stays.
   * @throws UserError NAME_COLLISION where somebody else has a Secret of that name
   */
  writeCertificate(names: CertificateNames): Promise<void>;
  /**
   * Has the server in that pod use what the Secret holds, without a restart. Ends when the server shows it.
   * @throws UserError CERTIFICATE_INVALID where it does not take it
   */
  loadCertificate(pod: PodRef, from: CertificateSecret): Promise<void>;
}
