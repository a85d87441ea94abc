// Where the wizard is: the cluster, and the release that is meant. Pure.

export interface Target {
  readonly context: string;
  readonly namespace: string;
  readonly release: string;
}
