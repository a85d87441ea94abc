// What cannot be meant of a backup is refused before the cluster is asked.
import {expect, it} from 'vitest';
import {assertValidBackupRequest} from '../../../../source/client/requests/backup-request.ts';

const name = '20260102T030000Z';

it.each([
  [{action: 'run', backup: name, as: null}, /gets its name from its time/],
  [{action: 'verify', backup: 'yesterday', as: null}, /"yesterday" is not the name of a backup/],
  [{action: 'run', backup: null, as: 'again'}, /^--as is of the release that a restore makes/],
  [{action: 'verify', backup: null, as: null, answers: {storageSize: '2Gi'}}, /^--storage-size is of the release/],
  [{action: 'restore', backup: name, as: null}, /--as NEW-NAME/],
  [{action: 'restore', backup: name, as: 'Again'}, /^--as: /],
] as const)('%j', (asked, words) => {
  expect(() => assertValidBackupRequest(asked)).toThrow(words);
});

it('a restore may have sizes of its own', () => {
  expect(() =>
    assertValidBackupRequest({action: 'restore', backup: null, as: 'again', answers: {memory: '1Gi'}}),
  ).not.toThrow();
});
