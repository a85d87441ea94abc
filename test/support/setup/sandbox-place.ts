// Leads the tests of a file to the sandbox that operations-setup.ts has started, before the tests are loaded.
import {inject} from 'vitest';

process.env['KUBECONFIG'] = inject('sandboxKubeconfig');
process.env['PGHI_TEST_PLACE'] = 'sandbox';
