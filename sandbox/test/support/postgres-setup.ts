// The sandbox's PostgreSQL and its pg_dump, fetched into the checkout's own cache by the npm of whoever runs the tests.
// They are no development dependencies: npm ci refuses a checkout whose packages are for another platform, and
// pg_dump's package wants a database of its own beside it.
import {findBinaries} from '../../source/kubelet/binaries/binaries.ts';
import {findDumpTool} from '../../source/kubelet/binaries/dump-tool.ts';
import {checkoutCache} from '../../../test/support/paths.ts';

export default async function setup(): Promise<void> {
  const environment = {...process.env, XDG_CACHE_HOME: checkoutCache};
  const tell = (text: string) => console.log(text);
  await Promise.all([findBinaries(environment, tell), findDumpTool(environment, tell)]);
}
