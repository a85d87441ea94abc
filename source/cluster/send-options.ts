// What a request to the Kubernetes API may say beside its method and path.

export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

export interface SendOptions {
  /** How often it was sent before, on connections that the server had just closed. */
  readonly resent?: number;
  readonly query?: Query;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
  readonly signal?: AbortSignal;
  readonly noTimeout?: boolean;
  /** Whether new credentials were tried. */
  readonly again?: boolean;
  /** How often it was asked already. */
  readonly tried?: number;
  /** How often the connection broke off meanwhile. */
  readonly brokenOff?: number;
  /** Called before it is sent again: what was sent before may have happened. */
  readonly onRepeat?: () => void;
}
