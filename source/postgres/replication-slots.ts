// The replication slots that readers of official images have on their writer.
import {slotPrefix, type Naming} from '../chart/names.ts';
import {administer, type Administration} from './administer.ts';

const timeoutMs = 10_000;

/**
 * Drops the slots of the readers from that ordinal on, except those that a reader streams from. Throws when the command
 * could not be run in time.
 */
export async function dropReplicationSlots(
  administration: Administration,
  naming: Naming,
  fromOrdinal: number,
): Promise<void> {
  const prefix = slotPrefix(naming);
  const sql = [
    'select pg_drop_replication_slot(slot_name) from pg_replication_slots',
    "where slot_type = 'physical' and not temporary and not active",
    // The number is read only from names that have one.
    `and case when slot_name ~ '^${prefix}[0-9]{1,9}$'`,
    `then substr(slot_name, ${prefix.length + 1})::int >= ${fromOrdinal} else false end`,
  ].join(' ');
  await administer(administration, sql, timeoutMs);
}
