// The claims of the release and the volumes under them.
import {claimOfPod} from '../../chart/names.ts';
import {deleteClaims, growClaims, readStorageUnder, readVolumes} from '../../cluster/storage.ts';
import {readKeptSettings} from '../../cluster/kept-settings.ts';
import type {StoragePort} from '../../operations/ports/storage.ts';
import type {AdapterContext} from './context.ts';

export function storagePort({connection: {api}, target}: AdapterContext): StoragePort {
  const {namespace} = target;
  return {
    keptSettings: (kept) => readKeptSettings(api, target, kept),
    volumes: (claims) => readVolumes(api, claims),
    storageUnder: (pod) => readStorageUnder(api, namespace, claimOfPod(target, pod)),
    growClaims: (claims, size, options) => growClaims(api, namespace, claims, size, options),
    deleteClaims: (claims) => deleteClaims(api, namespace, claims),
  };
}
