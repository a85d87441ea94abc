// The key and the certificate of a server.
export interface Tls {
  /** PEM */
  readonly key: string;
  readonly cert: string;
}
