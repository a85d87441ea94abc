// The helm that this program may fetch for itself where no usable one is found.
import type {Remedy} from '../core/cause.ts';
import {fetchHelm} from '../helm/fetch-helm.ts';
import {fetchHelmAction} from '../helm/find.ts';
import {pinnedHelm} from '../helm/pinned-helm.ts';

export {fetchHelm};

/** Whether we know a helm for this machine. */
export function canFetchHelm(): boolean {
  return pinnedHelm(process.platform, process.arch) !== null;
}

/** Whether this remedy is to have helm fetched. */
export function offersFetch({action}: Remedy): boolean {
  return action?.kind === fetchHelmAction.kind;
}
