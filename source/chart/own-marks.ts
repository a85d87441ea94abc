// What we write on objects beside what the chart says: labels and annotations of ours, and what a restore leaves.
import {labelKeys} from './names.ts';

/** The database that says that a restore goes on: `marker` in backup/common.sh. */
export const restoreMark = 'pg_helm_install_restore';

/**
 * Annotation on the Secret: when the last change of passwords to be written there began, as its Lease says. ISO 8601.
 */
export const rotationAnnotation = 'pg-helm-install/rotation';

/** The label on the Secret and on everything else that we make beside the chart. */
export const managedByUs = {key: labelKeys.managedBy, value: 'pg-helm-install'} as const;

/** Annotation on the Secrets of a release with given names, which outlive the release: its Naming, as JSON. */
export const namesAnnotation = 'pg-helm-install/names';

/**
 * The label on a Lease, and on a Secret that was given, that names its release. Such a Secret is not ours and has no
 * other label of ours.
 */
export const releaseLabel = 'pg-helm-install/release';
