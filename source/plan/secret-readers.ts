// Who reads a Secret, in the words of a plan.
import {listed} from '../observation/checks/messages.ts';

/** Workloads other than those of the release; null: pods may not be listed. */
export type SecretReaders = readonly {readonly kind: string; readonly name: string}[] | null;

/** A sentence without its full stop. */
export function whoReads(readers: SecretReaders): string {
  if (readers === null) return 'Who reads it is not known, because pods may not be listed';
  return readers.length === 0
    ? 'No pod of another workload of the namespace reads it'
    : `It is read by ${listed(readers.map(({kind, name}) => `${kind} ${name}`))}`;
}
