// What is known of a server's certificate by its Secret.
import type {CertificateNames} from '../chart/certificate-names.ts';

/** A certificate whose key is in the same Secret. */
export interface ReadableCertificate {
  /** PEM of the authority that vouches for it; null: the Secret does not have it. */
  readonly authority: string | null;
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** SHA-256 of it, as node:crypto writes it. */
  readonly fingerprint: string;
  readonly names: CertificateNames;
}

export interface ServerCertificate {
  readonly secret: string;
  /** Whether the Secret is the installer's. */
  readonly ours: boolean;
  /** `lacks keys`, `unreadable`, `other key`: why PostgreSQL would not take it. */
  readonly found: ReadableCertificate | 'missing' | 'lacks keys' | 'unreadable' | 'other key';
  /** ISO 8601: when what it holds was written last; null: not known. */
  readonly writtenAt: string | null;
}
