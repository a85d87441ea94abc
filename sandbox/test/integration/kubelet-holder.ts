// A process of its own with a kubelet and one writer, for the test that kills it. Says its folder, then `initializing`
// and `ready`.
import {kubeletLab} from './kubelet-lab.ts';
import {waitFor} from '../../../test/support/wait-for.ts';

const lab = await kubeletLab();
process.stdout.write(`folder ${lab.folder}\n`);
lab.create('writer', {
  containers: [
    {
      name: 'postgresql',
      image: 'bitnamilegacy/postgresql:17.6.0-debian-12-r0',
      env: [{name: 'POSTGRES_PASSWORD', value: 'x'}],
      readinessProbe: {exec: {command: ['pg_isready']}, periodSeconds: 1},
    },
  ],
});
await waitFor(
  'initdb',
  () => lab.log('writer'),
  (text) => text.includes('Initializing'),
  {everyMs: 2},
);
process.stdout.write('initializing\n');
await lab.ready('writer');
process.stdout.write('ready\n');
setInterval(() => undefined, 1000);
