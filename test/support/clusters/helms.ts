// Which helm a test runs with: both, one of them by the day, or one where it makes no difference.
import {onSandbox} from '../setup/on-sandbox.ts';
import {helm3, helm4} from '../paths.ts';
import {sampled} from './sampled.ts';

type Helms = readonly (readonly [name: string, program: string])[];

const helm4Only: Helms = [['helm 4', helm4]];

/** Both; in the sandbox, where minutes count, only one: its test/integration/api.test.ts shows how they differ. */
export const bothHelms: Helms = onSandbox ? helm4Only : [['helm 3', helm3], ...helm4Only];

/** The helms of a suite that takes minutes with each: on a cluster they take turns (`sampled`). */
export const helms: Helms = sampled(bothHelms, 1);

/** Where helm's version makes no difference to what is shown: helm 4 in the sandbox, helm 3 on a cluster. */
export const oneHelm: Helms = onSandbox ? helm4Only : [['helm 3', helm3]];
