// The request of an install, for tests of the operation.
import type {InstallRequest} from '../../../source/operations/install.ts';
import {answersFrom} from '../../../source/parameters/resolve.ts';
import {parametersWith} from './survey.ts';

/** Bytes that are not the same twice. */
let seed = 0;
const random = (count: number) =>
  Uint8Array.from({length: count}, () => (seed = (seed * 1103515245 + 12345) % 2 ** 31) >> 16);
/** An ordinary install of the release `orders`, changed for a test. */
export const installRequest = (changes: Partial<InstallRequest> = {}): InstallRequest => ({
  operation: 'install',
  answers: answersFrom(parametersWith()),
  chart: {
    path: 'charts/postgresql',
    source: 'oci://registry.example/postgresql',
    version: '16.7.26',
    appVersion: '17.6.0',
  },
  password: null,
  requireEncryption: false,
  dryRun: false,
  timeoutMs: 60_000,
  random,
  confirm: async () => true,
  commandFor: () => 'pg-helm-install install orders',
  onResolved: async () => undefined,
  ...changes,
});
