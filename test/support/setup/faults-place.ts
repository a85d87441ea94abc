// Where faults-setup.ts has started a sandbox, the tests go there.
import {inject} from 'vitest';

if (!process.env['KUBECONFIG']) {
  process.env['KUBECONFIG'] = inject('sandboxKubeconfig');
  process.env['PGHI_TEST_PLACE'] = 'sandbox';
}
