// The sandbox's PostgreSQL, fetched into the checkout's own cache by the npm of whoever runs the tests. It is no development dependency: npm ci
// refuses a checkout whose packages are for another platform.
import {findBinaries} from '../../source/sandbox/kubelet/binaries/binaries.ts';
import {checkoutCache} from './paths.ts';

export default async function setup(): Promise<void> {
  await findBinaries({...process.env, XDG_CACHE_HOME: checkoutCache}, (text) => console.log(text));
}
