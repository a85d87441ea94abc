// What a request to the Kubernetes API may say beside its method and path.

export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

export interface SendOptions {
  /** How often the request was sent before, on connections that the server had just closed. */
  readonly resent?: number;
  readonly query?: Query;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
  readonly signal?: AbortSignal;
  readonly noTimeout?: boolean;
  /** Whether new credentials were tried. */
  readonly again?: boolean;
  /** How often the server has refused it already, because it is busy. */
  readonly tried?: number;
  /** How often the connection broke off meanwhile. */
  readonly brokenOff?: number;
  /** Called before the request is sent again: the earlier one may have had its effect. */
  readonly onRepeat?: () => void;
}
