// What an operator wants, resolved: every answer given, nothing left to a default.

/** Where a load balancer lets clients in from. */
export type AllowFrom =
  | {readonly kind: 'none'}
  | {readonly kind: 'cidrs'; readonly cidrs: readonly string[]}
  /** The cloud whose annotation makes the load balancer internal. */
  | {readonly kind: 'internal'; readonly cloud: Cloud}
  | {readonly kind: 'public'};

export type Cloud = 'aws' | 'azure' | 'gcp';
export type Exposure = 'cluster' | 'load-balancer' | 'node-port';
export type Spread = 'required' | 'preferred';

export interface Images {
  readonly source: 'bitnamilegacy' | `mirror:${string}`;
  readonly tag: string;
  /** `sha256:…`; wins over the tag. */
  readonly digest: string | null;
  /** Name of a Secret of the namespace. */
  readonly pullSecret: string | null;
}

/** All of it can be read back from the release's values; the password is not part of it. */
export interface Parameters {
  readonly username: string;
  readonly database: string;
  /** A value of the nodes' label `node.kubernetes.io/instance-type`, or `any`. */
  readonly instanceType: string;
  /** Kubernetes quantity, as the operator wrote it. */
  readonly storageSize: string;
  readonly readReplicaCount: number;
  /** Null: the cluster's default, whichever that is (its name could not be read). */
  readonly storageClass: string | null;
  readonly exposure: Exposure;
  readonly allowFrom: AllowFrom;
  readonly hostname: string | null;
  /** Kubernetes quantities, for each pod. */
  readonly cpu: string;
  readonly memory: string;
  readonly spread: Spread;
  readonly images: Images;
  /** Chart values that the installer does not own, merged last. */
  readonly extraValues: Readonly<Record<string, unknown>>;
}

/** Where a load balancer lets clients in from; which cloud it is in is not known yet. */
export type AllowFromAnswer =
  {readonly kind: 'cidrs'; readonly cidrs: readonly string[]} | {readonly kind: 'internal'} | {readonly kind: 'public'};

/** What the operator has said so far. */
export interface Answers {
  readonly username?: string;
  readonly database?: string;
  readonly instanceType?: string;
  readonly storageSize?: string;
  readonly readReplicaCount?: number;
  readonly storageClass?: string;
  readonly exposure?: Exposure;
  readonly allowFrom?: AllowFromAnswer;
  readonly hostname?: string;
  readonly cpu?: string;
  readonly memory?: string;
  readonly spread?: Spread;
  readonly images?: {
    readonly source?: Images['source'];
    readonly tag?: string;
    readonly digest?: string;
    readonly pullSecret?: string;
  };
  readonly extraValues?: Parameters['extraValues'];
}
