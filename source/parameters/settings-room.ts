// Whether PostgreSQL's settings of memory fit into what a pod gets. Pure.
import {numberIn, settingNamed} from './postgres-settings.ts';
import {bytesOf, formatBytes} from './quantity.ts';

type Settings = Readonly<Record<string, string>>;

/** Memory that one server, or one of its processes, may take by this setting alone. effective_cache_size takes none. */
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

/** Pods of one size. */
export interface PodMemory {
  /** The name of the pods in a sentence: `each reader`. */
  readonly who: string;
  /** The flag that says how much memory they get. */
  readonly flag: '--memory' | '--reader-memory';
  /** A Kubernetes quantity. */
  readonly memory: string;
}

/** @param writer a Kubernetes quantity, as is `readers` */
export function podMemories(writer: string, readers: string): readonly PodMemory[] {
  if (bytesOf(writer) === bytesOf(readers)) return [{who: 'each pod', flag: '--memory', memory: writer}];
  return [{who: 'the writer', flag: '--memory', memory: writer}, memoryOfReaders(readers)];
}

export function memoryOfReaders(memory: string): PodMemory {
  return {who: 'each reader', flag: '--reader-memory', memory};
}

const mebibyte = 1024 * 1024;
/** PostgreSQL 17 manual, "Resource Consumption" and "Connections and Authentication". */
const defaults = {shared_buffers: 128 * mebibyte, work_mem: 4 * mebibyte, max_connections: 100} as const;

/** Why some of the pods cannot have one of the settings, all of which apply to every pod; null: they can. */
export function beyondMemory(settings: Settings, pods: readonly PodMemory[]): string | null {
  const room = leastOf(pods);
  const name = single.find((one) => (bytesIn(settings, one) ?? 0) >= room);
  if (name === undefined) return null;
  const bytes = bytesIn(settings, name) ?? 0;
  const share = name === 'shared_buffers' ? 4 : 16;
  const maxMb = Math.max(1, Math.floor(room / share / mebibyte));
  const tooSmall = pods.filter(({memory}) => bytes >= bytesOf(memory));
  // Memory that is named for all pods replaces what the readers have of their own.
  const flag = tooSmall.length === 1 ? tooSmall[0]?.flag : '--memory';
  return (
    `${name}=${settings[name] ?? ''} is ${formatBytes(bytes)}, and ${gets(tooSmall)} of memory: the database ` +
    `would be killed for it. Use, for example, ${name}=${maxMb}MB, or ${flag} ${formatBytes(bytes * share)}.`
  );
}

/**
 * What all connections together may use where that is more than the memory; null: it is not, or none of these settings
 * was chosen.
 * @param chosen the settings that somebody chose, @param all these and those that follow from the sizes
 */
export function overcommitted(chosen: Settings, all: Settings, pods: readonly PodMemory[]): string | null {
  if (!Object.keys(defaults).some((name) => Object.hasOwn(chosen, name))) return null;
  const room = leastOf(pods);
  const shared = bytesIn(all, 'shared_buffers') ?? defaults.shared_buffers;
  const work = bytesIn(all, 'work_mem') ?? defaults.work_mem;
  const connections = Number(all['max_connections'] ?? defaults.max_connections);
  const whole = shared + connections * work;
  if (!(whole > room)) return null;
  const least = 64 * 1024;
  const example = Math.floor(Math.max(least, (room - shared) / 2 / connections) / 1024);
  const tooSmall = pods.filter(({memory}) => whole > bytesOf(memory));
  return (
    `With shared_buffers=${formatBytes(shared)}, and work_mem=${formatBytes(work)} in each of ${connections} ` +
    `connections, the database may use ${formatBytes(roundUp(whole))}, and ${gets(tooSmall)}: under load it ` +
    `can be killed for it. Safer is, for example, work_mem=${example}kB, or a smaller max_connections.`
  );
}

function leastOf(pods: readonly PodMemory[]): number {
  return Math.min(...pods.map(({memory}) => bytesOf(memory)));
}

/** `the writer gets 1Gi and each reader gets 512Mi` */
function gets(pods: readonly PodMemory[]): string {
  return pods.map(({who, memory}) => `${who} gets ${memory}`).join(' and ');
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / mebibyte) * mebibyte;
}

/** The setting in bytes; null where it is not set, or set to follow from others (-1). */
function bytesIn(settings: Settings, name: string): number | null {
  const setting = settingNamed(name);
  const text = settings[name];
  const bytes = setting === null || text === undefined ? null : numberIn(setting, text, 'B');
  return bytes !== null && bytes > 0 ? bytes : null;
}
