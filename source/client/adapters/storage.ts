// The claims of the release and the volumes under them.
import {claimOfPod} from '../../chart/names.ts';
import {deleteClaims, growClaims, readStorageUnder, readVolumes} from '../../cluster/storage.ts';
import {readKeptSettings} from '../../cluster/kept-settings.ts';
import type {StoragePort} from '../../operations/ports/storage.ts';
import type {AdapterContext} from './context.ts';
import {translateApiError} from './api-errors.ts';

export function storagePort({connection: {api}, target}: AdapterContext): StoragePort {
  const {namespace} = target;
  return {
    keptSettings: (kept) => translateApiError(readKeptSettings(api, target, kept)),
    volumes: (claims) => translateApiError(readVolumes(api, claims)),
    storageUnder: (pod) => translateApiError(readStorageUnder(api, namespace, claimOfPod(target, pod))),
    growClaims: (claims, size, options) => translateApiError(growClaims(api, namespace, claims, size, options)),
    deleteClaims: (claims) => translateApiError(deleteClaims(api, namespace, claims)),
  };
}
