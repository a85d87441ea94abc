// The settings of PostgreSQL that follow from the sizes of a pod. Pure; each rule with its source.
import {bytesOf, milliCpuOf} from './quantity.ts';

/** Kubernetes quantities, as the parameters of the same names have them. */
export interface Room {
  readonly memory: string;
  readonly cpu: string;
  readonly storageSize: string;
}

const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;
const gibibyte = 1024 * mebibyte;

/**
 * The settings by name, in the order in which a person reads them. More memory, CPU or disk never makes a value
 * smaller. None depends on the number of readers, so scaling restarts and reloads nothing.
 */
export function sizedSettings({memory, cpu, storageSize}: Room): Readonly<Record<string, string>> {
  const bytes = bytesOf(memory);
  const cpus = milliCpuOf(cpu) / 1000;
  const disk = bytesOf(storageSize);
  const maxWal = between(128 * mebibyte, disk / 10, 8 * gibibyte);
  const parallel = between(0, cpus / 2, 4);
  return {
    // PostgreSQL 17 manual, "Resource Consumption": a quarter of the memory is a reasonable start.
    shared_buffers: inUnit(bytes / 4, 'MB'),
    // pgtune (github.com/le0pard/pgtune): three quarters. The page cache counts as memory of the container.
    effective_cache_size: inUnit((bytes * 3) / 4, 'MB'),
    // One connection for each 20 MiB, but at least PostgreSQL's own 100. Beyond 500 a pooler does better
    // (wiki.postgresql.org/wiki/Number_Of_Database_Connections).
    max_connections: String(between(100, bytes / (20 * mebibyte), 500)),
    // Manual, "Resource Consumption": a session may use this amount several times. If every connection uses it once,
    // all together use a quarter of the memory.
    work_mem: inUnit(Math.max(Math.min(bytes / 400, 5 * mebibyte), bytes / 2000), 'kB'),
    // pgtune: a sixteenth, at most 2 GB. Three autovacuum workers and one session then use a quarter.
    maintenance_work_mem: inUnit(Math.min(bytes / 16, 2 * gibibyte), 'MB'),
    // A container without a limit for huge pages is killed by SIGBUS when PostgreSQL asks for them:
    // kubernetes/kubernetes#71233, docker-library/postgres#451.
    huge_pages: 'off',
    // Manual, "WAL Configuration": fewer checkpoints, at the price of up to a tenth of the volume.
    max_wal_size: inUnit(maxWal, 'MB'),
    // pgtune: a quarter of max_wal_size is kept to be reused.
    min_wal_size: inUnit(maxWal / 4, 'MB'),
    // Manual, "Replication": how much a reader may miss and still catch up. Bitnami's image keeps 128 MB.
    wal_keep_size: inUnit(between(128 * mebibyte, disk / 20, 4 * gibibyte), 'MB'),
    // Manual, "Replication": a reader that stays away keeps WAL by its slot. A quarter of the volume at most, so that
    // it does not fill the writer's disk; the entry point of official images alone would keep 1 GiB on the smallest.
    max_slot_wal_keep_size: inUnit(Math.max(128 * mebibyte, disk / 4), 'MB'),
    // Manual, "Query Planning" and "Resource Consumption"; pgtune for SSD: on network disks and SSDs seeks cost
    // nothing, and many requests are served at once.
    random_page_cost: '1.1',
    effective_io_concurrency: '200',
    // Manual, "Automatic Vacuuming": the default of 200 is for one slow disk. A machine with more CPUs writes more, and
    // vacuums faster in proportion.
    autovacuum_vacuum_cost_limit: String(between(400, cpus * 400, 2000)),
    // pgtune: half of the CPUs, at most 4; none where there is less than two.
    max_parallel_workers_per_gather: String(parallel),
    max_parallel_maintenance_workers: String(parallel),
    max_parallel_workers: String(between(1, cpus, 8)),
  };
}

/** The value within its limits, rounded down to a whole number. */
function between(least: number, value: number, most: number): number {
  return Math.floor(Math.min(most, Math.max(least, value)));
}

/** The bytes in a unit, rounded down, so that the sum stays within the memory. */
function inUnit(bytes: number, unit: 'kB' | 'MB'): string {
  return `${Math.floor(bytes / (unit === 'kB' ? kibibyte : mebibyte))}${unit}`;
}
