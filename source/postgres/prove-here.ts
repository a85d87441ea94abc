// Proves an endpoint by a connection from this machine.
import type {Client} from 'pg';
import type {EndpointFact, ReplicationFact} from '../observation/snapshot.ts';
import {reasonOfError, textOf} from './failure.ts';
import {
  conditionOf,
  endpointQuery,
  readerStreams,
  replicationQuery,
  rolesOf,
  systemIdentifierQuery,
  tenths,
  versionOf,
  type StreamingPods,
} from './queries.ts';
import {withSession, type SessionOptions} from './session.ts';
import {clock} from '../core/time.ts';

interface EndpointRow {
  readonly in_recovery: boolean;
  readonly version: string;
  readonly read_only?: string;
  readonly replay_paused?: string;
  readonly address?: string | null;
  readonly wal_bytes?: string | null;
}

export interface ProveHere extends SessionOptions {
  readonly role: EndpointFact['role'];
}

/** Connects and asks. Never throws; `latencyMs` is that of the query alone, `at` the time before connecting. */
export async function proveHere({role, ...session}: ProveHere): Promise<EndpointFact> {
  const fact = {kind: 'endpoint', role, from: 'here', at: clock.now()} as const;
  try {
    return await withSession(session, async (client) => {
      const asked = performance.now();
      const {rows} = await client.query<EndpointRow>(endpointQuery);
      const latencyMs = tenths(performance.now() - asked);
      const row = rows[0];
      if (row === undefined) throw new Error('the query was answered with no row');
      const [systemIdentifier, ...roles] = await identityFrom(client);
      return {
        ...fact,
        result: {
          answered: true,
          inRecovery: row.in_recovery,
          serverVersion: versionOf(row.version),
          latencyMs,
          systemIdentifier: systemIdentifier ?? null,
          ...rolesOf(roles),
          ...conditionOf([row.read_only, row.replay_paused, row.address, row.wal_bytes]),
        },
      };
    });
  } catch (error) {
    const text = textOf(error, [session.password]);
    return {...fact, result: {answered: false, reason: reasonOfError(error), text}};
  }
}

/** The row of the query without its first column, which only marks it; empty where this user may not ask. */
async function identityFrom(client: Client): Promise<readonly (string | null)[]> {
  const asked = client.query<(string | null)[]>({text: systemIdentifierQuery, rowMode: 'array'});
  const {rows} = await asked.catch(() => ({rows: []}));
  return rows[0]?.slice(1) ?? [];
}

interface ReplicationHere extends SessionOptions {
  readonly streamingPods: StreamingPods;
}

/** The writer's streams; the user must be a superuser. Never throws: null when there is no answer. */
export async function replicationHere({streamingPods, ...session}: ReplicationHere): Promise<ReplicationFact | null> {
  const at = clock.now();
  try {
    return await withSession(session, async (client) => {
      const {rows} = await client.query<(string | null)[]>({text: replicationQuery, rowMode: 'array'});
      return {kind: 'replication', at, streams: readerStreams(rows, streamingPods)};
    });
  } catch {
    return null;
  }
}
