// The codes that scripts rely on: a code that was once promised is never renamed, and something tells it.
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {root} from '../support/paths.ts';

const consequences =
  'CREATE PRIMARY_RESTART REPLICA_RESTART REPLICA_ADD REPLICA_REMOVE RESIZE_IN_PLACE RESTART_TO_USE VOLUME_GROW ' +
  'ENDPOINT_CHANGE PASSWORD_CHANGE ROLE_CHANGE WRITES_AT_RISK OWNERSHIP_CHANGE REINDEX DATA_KEPT DATA_DELETED ' +
  'NO_CHANGE';
const causes =
  'BAD_INPUT HELM_MISSING HELM_UNSUPPORTED CLUSTER_UNREACHABLE CREDENTIALS_EXPIRED FORBIDDEN NAMESPACE_MISSING ' +
  'NAME_TOO_LONG NAME_COLLISION RELEASE_EXISTS RELEASE_LOCKED RELEASE_NOT_FOUND NOT_OURS LEFTOVER_VOLUME ' +
  'CHART_NOT_FOUND CHART_FORBIDDEN CHART_RATE_LIMITED CHART_REJECTED IMAGE_NOT_FOUND IMAGE_FORBIDDEN ' +
  'IMAGE_RATE_LIMITED UNSCHEDULABLE NO_STORAGE_CLASS VOLUME_PENDING VOLUME_PERMISSION VOLUME_FULL STORAGE_SHRINK ' +
  'STORAGE_CANNOT_GROW OUT_OF_MEMORY CRASH_LOOP PASSWORD_MISMATCH VERSION_INCOMPATIBLE REPLICA_BEHIND ' +
  'SYNC_WOULD_BLOCK QUOTA_EXCEEDED ADMISSION_DENIED FIELD_CONFLICT NODE_LOST CONNECTION_LOST ENDPOINT_UNPROVEN ' +
  'NOT_ENCRYPTED POD_REFUSED SECRET_MALFORMED VALUES_UNREAD NOT_FENCED WRITER_HEALTHY NO_READER_TO_PROMOTE ' +
  'COLLATION_CHANGED BACKUP_FAILED DUMP_FAILED TIMEOUT CANCELLED';
const warnings =
  'IMAGES_FROZEN LOAD_BALANCER_PENDING NO_READERS NO_HIGH_AVAILABILITY PUBLIC_ENDPOINT VOLUME_CANNOT_GROW ' +
  'BACKUP_LATE CERTIFICATE_EXPIRES TWO_WRITERS LEFTOVER_VOLUMES SMALL_MEMORY NO_ROOM_NOW ENCRYPTION_UNKNOWN ' +
  'DEFINITION_PENDING';

/** What the product says, without the types that only list what it may say. */
const said = readdirSync(join(root, 'source'), {recursive: true})
  .map(String)
  .filter((name) => /\.tsx?$/.test(name))
  .map((name) => readFileSync(join(root, 'source', name), 'utf8').replace(/\| '[A-Z_]+'/g, ''))
  .join('\n');

it.each([
  ['consequence', consequences],
  ['cause', causes],
])('each promised code of a %s is told somewhere', (_kind, codes) => {
  expect(codes.split(' ').filter((code) => !said.includes(`'${code}'`))).toEqual([]);
});

it('each promised code of a warning is that of a warning somewhere, not of a cause alone', () => {
  const isWarning = (code: string) => new RegExp(`(code: |warn(ing)?\\(\\s*)'${code}'`).test(said);
  expect(warnings.split(' ').filter((code) => !isWarning(code))).toEqual([]);
});
