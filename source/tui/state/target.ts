// The release that is meant, and where.

export interface Target {
  readonly context: string;
  readonly namespace: string;
  readonly release: string;
}
