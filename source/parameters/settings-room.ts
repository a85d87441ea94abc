// Whether PostgreSQL's settings of memory fit into what a pod gets. Pure.
import {numberIn, settingNamed} from './postgres-settings.ts';
import {bytesOf, formatBytes} from './quantity.ts';

type Settings = Readonly<Record<string, string>>;

/** What one server, or one of its processes, may take of these alone. effective_cache_size takes nothing. */
const single = [
  'shared_buffers',
  'wal_buffers',
  'min_dynamic_shared_memory',
  'work_mem',
  'maintenance_work_mem',
  'autovacuum_work_mem',
  'temp_buffers',
  'logical_decoding_work_mem',
] as const;

const mebibyte = 1024 * 1024;
/** PostgreSQL 17 manual, "Resource Consumption" and "Connections and Authentication". */
const defaults = {shared_buffers: 128 * mebibyte, work_mem: 4 * mebibyte, max_connections: 100} as const;

/**
 * Why a pod of that memory cannot have one of the settings; null: it can.
 * @param memory a Kubernetes quantity
 */
export function beyondMemory(settings: Settings, memory: string): string | null {
  const room = bytesOf(memory);
  const name = single.find((one) => (bytesIn(settings, one) ?? 0) >= room);
  if (name === undefined) return null;
  const bytes = bytesIn(settings, name) ?? 0;
  const share = name === 'shared_buffers' ? 4 : 16;
  const most = Math.max(1, Math.floor(room / share / mebibyte));
  return (
    `${name}=${settings[name] ?? ''} is ${formatBytes(bytes)}, and each pod gets ${memory} of memory: the database ` +
    `would be killed for it. Right is, for example, ${name}=${most}MB, or --memory ${formatBytes(bytes * share)}.`
  );
}

/**
 * What all connections together may use where that is more than there is; null: it is not, or none of these settings
 * was chosen.
 * @param chosen those that somebody chose, @param all with those that follow from the sizes
 */
export function overcommitted(chosen: Settings, all: Settings, memory: string): string | null {
  if (!Object.keys(defaults).some((name) => Object.hasOwn(chosen, name))) return null;
  const room = bytesOf(memory);
  const shared = bytesIn(all, 'shared_buffers') ?? defaults.shared_buffers;
  const work = bytesIn(all, 'work_mem') ?? defaults.work_mem;
  const connections = Number(all['max_connections'] ?? defaults.max_connections);
  const whole = shared + connections * work;
  if (!(whole > room)) return null;
  const least = 64 * 1024;
  const example = Math.floor(Math.max(least, (room - shared) / 2 / connections) / 1024);
  return (
    `With shared_buffers=${formatBytes(shared)}, and work_mem=${formatBytes(work)} in each of ${connections} ` +
    `connections, the database may use ${formatBytes(roundUp(whole))}, and each pod gets ${memory}: under load it ` +
    `can be killed for it. Safer is, for example, work_mem=${example}kB, or a smaller max_connections.`
  );
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / mebibyte) * mebibyte;
}

/** Null where it is not set, or set to follow from others (-1). */
function bytesIn(settings: Settings, name: string): number | null {
  const setting = settingNamed(name);
  const text = settings[name];
  const bytes = setting === null || text === undefined ? null : numberIn(setting, text, 'B');
  return bytes !== null && bytes > 0 ? bytes : null;
}
