// What the store keeps: Kubernetes objects as JSON, and the answer of the API where one cannot be kept.
export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

/** Who set which fields: for the conflicts of server-side apply. */
export interface ManagedFields {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly time?: string;
  readonly fieldsType: 'FieldsV1';
  readonly fieldsV1: FieldTree;
  readonly subresource?: string;
}

/** FieldsV1: `f:name`, `k:{"name":"x"}`, `v:"x"`, and `.` for the item itself. */
export interface FieldTree {
  readonly [element: string]: FieldTree;
}

export interface Metadata {
  name: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: OwnerReference[];
  generateName?: string;
  managedFields?: ManagedFields[];
}

/** An object of any kind. Objects in the store are never changed in place: update() keeps a new one. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: Metadata;
  [field: string]: unknown;
}

/** Thrown where the API answers with a Status: its HTTP code, reason and text are the real API server's. */
export class StatusError extends Error {
  override readonly name = 'StatusError';

  constructor(
    /** HTTP */
    readonly code: number,
    readonly reason: string,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}
