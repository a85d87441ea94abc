// The state of a release in lines: where it answers, who may log in, what it consists of, what is wrong with it.
import {Box, Text} from 'ink';
import {useState} from 'react';
import type {Status} from '../../../inspect/status.ts';
import type {Endpoint} from '../../../observation/endpoints.ts';
import {Plain} from '../components/Plain.tsx';
import {Sign} from '../components/Sign.tsx';
import {useLayout} from '../use-window-size.ts';
import {podLines, rough} from './pod-lines.ts';
import {useSeconds} from './use-seconds.ts';
import {wrapped} from './wrap.ts';

const postgresPort = 5432;
const notProven = 'not proven yet';
/** ms from the first sight of a release in which its first proof is not missed. */
const firstProofMs = 4000;
/** What an operator should see without asking; the rest is said before an install. */
const told: readonly string[] = ['DEFINITION_PENDING', 'LOAD_BALANCER_PENDING', 'PUBLIC_ENDPOINT'];

interface Props {
  readonly status: Status;
  readonly revealed: string | null;
  readonly isLow: boolean;
  /** With room for all lines; the pods get a line each where there is. */
  readonly rows: number;
}

export function StatusLines({status, revealed, isLow, rows}: Props) {
  const {width} = useLayout();
  const {endpoints, credentials, pods, writer, readers, claims, storageSize, revision, chartVersion, state, cause} = status;
  const lag = endpoints?.reader.maxLagBytes ?? null;
  const readersSay = readers.wanted === 0 ? '' : `${endpoints?.reader.streaming ?? 0} streaming${lag === null ? '' : ` · lag ${rough(lag)}`}`;
  const wrong = (cause ? wrapped(`${cause.code}  ${cause.message}`, width - 6, '') : []).slice(0, isLow ? 2 : 3);
  const inside = width >= 60 ? [endpoints?.writer.host, endpoints?.reader.host].filter(Boolean).length : 0;
  const used = (wrong.length > 0 ? wrong.length + 1 : 0) + (endpoints ? 4 + inside : 0) + (credentials ? 2 : 0) + (revealed !== null ? 1 : 0) + 4;
  const each = !isLow && pods.length > 0 && used + pods.length <= rows ? podLines(status) : [];
  const fullest = fullestOf(claims);
  const warnings = isLow ? [] : [...underWay(status.operation), ...status.warnings.filter(({code}) => told.includes(code))].slice(0, Math.max(0, rows - used - each.length));
  return (
    <>
      {revealed !== null && isLow && <Field label="password">{revealed}</Field>}
      {wrong.map((text, index) => (
        <Box key={index} height={1} flexShrink={0}>
          <Box width={2} flexShrink={0}>{index === 0 && <Sign of={state === 'broken' || state === 'stuck' ? 'failed' : 'warning'} />}</Box>
          <Plain>{text}</Plain>
        </Box>
      ))}
      {wrong.length > 0 && !isLow && <Box height={1} flexShrink={0} />}
      {endpoints && <EndpointLines isLow={isLow} endpoint={endpoints.writer} more={status.postgresVersion ?? ''} nothing={notProven} />}
      {endpoints && (
        <EndpointLines isLow={isLow} endpoint={endpoints.reader} more={readersSay} nothing={readers.wanted === 0 ? 'no reader: nothing answers there yet' : notProven} />
      )}
      {credentials && !isLow && <Field label="user">{`${credentials.username} · database ${credentials.database}`}</Field>}
      {credentials && !isLow && <Field label="secret">{`${credentials.secret} · key ${credentials.passwordKey}`}</Field>}
      {revealed !== null && !isLow && <Field label="password">{revealed}</Field>}
      {!isLow && <Box height={1} flexShrink={0} />}
      <Field label="pods">{`${pods.filter(({ready}) => ready).length} of ${writer.wanted + readers.wanted} ready`}</Field>
      {each.map((text) => (
        <Field key={text} label="">{text}</Field>
      ))}
      <Field label="volumes">{`${claims.length} × ${storageSize ?? '?'}${fullest === null ? '' : `, fullest ${fullest} %`}`}</Field>
      <Field label="release">{`revision ${revision} · chart ${chartVersion ?? '?'}${status.parameters && width >= 60 ? ` · image ${status.parameters.images.tag}` : ''} · ${state}${status.managedBy === 'helm' ? ' · not made by pg-helm-install' : ''}`}</Field>
      {warnings.map(({code, message}) => (
        <Box key={code} height={1} flexShrink={0}>
          <Box width={2} flexShrink={0}><Sign of="warning" /></Box>
          <Plain>{message}</Plain>
        </Box>
      ))}
    </>
  );
}

/** Who works on it, or that nobody does any more. */
function underWay(operation: Status['operation']): {readonly code: string; readonly message: string}[] {
  if (!operation) return [];
  const {kind, holder, alive} = operation;
  const by = holder.split('/')[0] || 'somebody';
  return [{code: 'operation', message: alive ? `${by} is at work on it: ${kind}.` : `The ${kind} that ${by} began pauses; g goes on with it.`}];
}

/** In percent; null where none could be asked. */
function fullestOf(claims: Status['claims']): number | null {
  const known = claims.flatMap(({usedBytes, capacityBytes}) => (usedBytes === null || !capacityBytes ? [] : [(100 * usedBytes) / capacityBytes]));
  return known.length === 0 ? null : Math.round(Math.max(...known));
}

function EndpointLines({isLow, endpoint, more, nothing}: {readonly isLow: boolean; readonly endpoint: Endpoint; readonly more: string; readonly nothing: string}) {
  const {width} = useLayout();
  const now = useSeconds();
  const {role, host, port, internalHost, proven, provenAt, latencyMs} = endpoint;
  // The first proof takes a moment: until then nothing is wrong.
  const [opened] = useState(now);
  const isAsking = !proven && now - opened < firstProofMs;
  const [name = ''] = internalHost.split('.');
  const inside = width < 60 ? `${name}:${postgresPort}` : `${internalHost.replace(/\.svc\.cluster\.local$/, '')}:${postgresPort} (inside)`;
  const age = provenAt ? Math.max(0, Math.round((now - Date.parse(provenAt)) / 1000)) : 0;
  const proof = [`proven ${age} s ago`, `${latencyMs ?? '?'} ms`, more].filter(Boolean).join(' · ');
  const sign = <Sign of={proven ? 'done' : role === 'reader' || isAsking ? 'waiting' : 'warning'} />;
  if (isLow) {
    return (
      <Box height={1} flexShrink={0}>
        <Box width={2} flexShrink={0}>{sign}</Box>
        <Plain>{`${role}  ${host ? `${host}:${port}` : inside}`}</Plain>
      </Box>
    );
  }
  return (
    <>
      <Field label={role}>{host ? `${host}:${port}` : inside}</Field>
      {host !== null && width >= 60 && <Field label="">{inside}</Field>}
      <Box paddingLeft={9} gap={1} height={1} flexShrink={0}>
        <Box flexShrink={0}>{sign}</Box>
        <Plain dimColor>{proven ? proof : isAsking && nothing === notProven ? 'asking the database' : nothing}</Plain>
      </Box>
    </>
  );
}

function Field({label, children}: {readonly label: string; readonly children: string}) {
  return (
    <Box height={1} flexShrink={0}>
      <Box width={9} flexShrink={0}>
        <Text dimColor>{label}</Text>
      </Box>
      <Plain>{children}</Plain>
    </Box>
  );
}
