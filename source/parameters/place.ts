// What the defaults depend on: the facts about a cluster that parameters know. observation/place.ts reads them from
// what the cluster lists.

export type Cloud = 'aws' | 'azure' | 'gcp';

export interface PlaceNode {
  /** Its label `node.kubernetes.io/instance-type`; null when it has none. */
  readonly instanceType: string | null;
  /** The node is ready and schedulable, and has no taint that keeps pods off. */
  readonly takesPods: boolean;
  /** Thousandths of a CPU that pods may ask for; null when the node does not say. */
  readonly milliCpu: number | null;
  /** Bytes that pods may ask for; null when the node does not say. */
  readonly memoryBytes: number | null;
}

export interface PlaceStorageClass {
  readonly name: string;
  readonly isDefault: boolean;
  /** When the class was made, RFC 3339; empty when it is not known. */
  readonly createdAt: string;
}

/** A list is null where it may not be read, or is not known. */
export interface Place {
  readonly nodes: readonly PlaceNode[] | null;
  readonly storageClasses: readonly PlaceStorageClass[] | null;
  readonly cloud: Cloud | null;
  /**
   * Whether this user may make ServiceMonitors, a kind of the Prometheus operator. Absent: the cluster was not asked.
   */
  readonly serviceMonitors?: boolean | null;
}

/** An unknown place: no cluster was asked yet, or the parameter does not depend on one. */
export const nowhere: Place = {nodes: null, storageClasses: null, cloud: null};

/** What the form offers to choose from. */
export interface Offer {
  readonly place: Place;
  readonly instanceTypes: readonly {readonly name: string; readonly fitting: number}[];
  readonly storageClasses: readonly {
    readonly name: string;
    readonly grows: boolean;
    readonly encrypted: 'yes' | 'no' | 'unknown';
  }[];
}

/** Whether the node could run a pod of the database today. */
export function fits({instanceType, takesPods}: PlaceNode, desired: string): boolean {
  return takesPods && (desired === 'any' || instanceType === desired);
}

/** The nodes that could run a pod of the database today; none where they may not be listed. */
export function fittingIn({nodes}: Pick<Place, 'nodes'>, instanceType: string): readonly PlaceNode[] {
  return (nodes ?? []).filter((node) => fits(node, instanceType));
}
