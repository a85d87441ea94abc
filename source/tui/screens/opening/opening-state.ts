// While the cluster is asked for the first time: the state of that screen.

export interface OpeningState {
  readonly name: 'opening';
  /** Null: the current one of the kubeconfig. */
  readonly context: string | null;
  /** The sandbox is started first. */
  readonly sandbox?: boolean;
  /** helm is fetched first. */
  readonly helm?: boolean;
  /** What is being done, where it is known better. */
  readonly doing?: string;
}
