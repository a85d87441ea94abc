// The state of the screen that is shown while the cluster is asked for the first time.

export interface OpeningState {
  readonly name: 'opening';
  /** Null: the kubeconfig's current context. */
  readonly context: string | null;
  /** The sandbox is started first. */
  readonly sandbox?: boolean;
  /** helm is fetched first. */
  readonly helm?: boolean;
  /** What is being done, where something more precise is known. */
  readonly doing?: string;
}
