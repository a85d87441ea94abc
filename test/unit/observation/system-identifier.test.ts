// A database that is not the release's proves nothing, and no remedy gives up what may be the only copy.
import {describe, expect, test} from 'vitest';
import {findCauses} from '../../../source/observation/causes/index.ts';
import {endpointsOf} from '../../../source/observation/endpoints.ts';
import {proofOf} from '../../../source/observation/release-view.ts';
import type {Snapshot} from '../../../source/observation/snapshot.ts';
import {stateOf} from '../../../source/observation/state.ts';
import {tracksOf} from '../../../source/observation/tracks.ts';
import {recorded, recordedNames} from './recorded.ts';

const [ours, other] = ['7713308882125799452', '7713310364520542236'];
type Answers = {remembered?: string | null; writer?: string | null; reader?: string | null};

function answering({remembered = null, writer = null, reader = null}: Answers, base = recorded('healthy')): Snapshot {
  const said = {writer, reader};
  return {
    ...base,
    secret: base.secret && {...base.secret, systemIdentifier: remembered},
    database: base.database.flatMap((fact): Snapshot['database'] => {
      if (fact.kind !== 'endpoint' || !fact.result.answered) return [fact];
      return [{...fact, result: {...fact.result, systemIdentifier: said[fact.role]}}];
    }),
  };
}
/** Its readers stream from nobody: a writer of another database refuses them. */
const apart = (answers: Answers): Snapshot => {
  const snapshot = answering(answers);
  const database = snapshot.database.map((fact) => (fact.kind === 'replication' ? {...fact, streams: []} : fact));
  return {...snapshot, database};
};
const causesOf = (snapshot: Snapshot) => findCauses(snapshot).map(({cause}) => cause);

test.each<[string, Answers, {writer: boolean; reader: boolean}]>([
  ['nobody says', {}, {writer: true, reader: true}],
  ['all are one', {remembered: ours, writer: ours, reader: ours}, {writer: true, reader: true}],
  ['both are one, and none is remembered', {writer: ours, reader: ours}, {writer: true, reader: true}],
  ['the writer is another', {remembered: ours, writer: other, reader: ours}, {writer: false, reader: true}],
  ['the writer is another, and no reader says', {remembered: ours, writer: other}, {writer: false, reader: true}],
  ['the reader is another', {remembered: ours, writer: ours, reader: other}, {writer: true, reader: false}],
  ['both are another', {remembered: ours, writer: other, reader: other}, {writer: false, reader: false}],
  ['they are two, and none is remembered', {writer: other, reader: ours}, {writer: false, reader: false}],
])('%s', (_, answers, proven) => {
  const snapshot = answering(answers);
  expect({
    writer: proofOf(snapshot, 'writer') !== null,
    reader: proofOf(snapshot, 'reader') !== null,
  }).toEqual(proven);
  const endpoints = endpointsOf(snapshot);
  expect({writer: endpoints?.writer.proven, reader: endpoints?.reader.proven}).toEqual(proven);
});

describe('the writer is another database', () => {
  const emptied = apart({remembered: ours, writer: other, reader: ours});

  test('is a certain cause with both identifiers, and never ready', () => {
    const [found] = findCauses(emptied);
    expect(found).toMatchObject({certain: true, cause: {code: 'SYSTEM_IDENTIFIER_DIFFERS'}});
    expect(found?.cause.evidence.join()).toContain(ours);
    expect(found?.cause.evidence.join()).toContain(other);
    expect(stateOf(emptied)).toBe('broken');
    expect(tracksOf(emptied).find(({state}) => state === 'failed')?.text).toContain('another database');
  });

  test('names what saves the rows, and nothing that deletes', () => {
    const commands = causesOf(emptied).flatMap(({remedies}) => remedies.map(({command = ''}) => command));
    expect(commands.join('\n')).not.toMatch(/delete|uninstall/);
    expect(commands.some((command) => /exec orders-postgresql-read-0 .*pg_dumpall .* > /.test(command))).toBe(true);
    expect(commands.at(-1)).toContain(
      `annotate secret orders-postgresql-auth pg-helm-install/system-identifier=${other}`,
    );
  });

  test('a reader that does not say is taken for one that may hold the rows', () => {
    const [cause] = causesOf(apart({remembered: ours, writer: other}));
    expect(cause?.message).toContain('may be the only copy');
    expect(cause?.remedies.map(({command}) => command).join()).toContain('exec orders-postgresql-read-0');
  });

  test('the readers’ own words do not make their volumes the ones that are left over', () => {
    const logTails = {
      'orders-postgresql-read-0': recorded('LEFTOVER_VOLUME').logTails['orders-postgresql-read-0'] ?? [],
    };
    expect(causesOf({...emptied, logTails}).map(({code}) => code)).toEqual(['SYSTEM_IDENTIFIER_DIFFERS']);
    expect(causesOf({...apart({writer: other, reader: ours}), logTails}).map(({code}) => code)).toEqual([
      'SYSTEM_IDENTIFIER_DIFFERS',
    ]);
  });
});

test('a reader of another database beside a writer that is known is left over, and may be copied again', () => {
  const [cause] = causesOf(apart({remembered: ours, writer: ours, reader: other}));
  expect(cause?.code).toBe('LEFTOVER_VOLUME');
  expect(cause?.remedies.map(({command}) => command).join()).toContain('delete pvc data-orders-postgresql-read-0');
});

test('no remedy of any recorded failure deletes a volume where the writer is not known', () => {
  for (const name of recordedNames) {
    const remedies = causesOf(recorded(name)).flatMap((cause) => cause.remedies.map(({command = ''}) => command));
    expect(remedies.filter((command) => /delete (pvc|pv)\b|delete-data|delete-volumes/.test(command))).toEqual([]);
  }
});

test('nor where its own volume is being deleted', () => {
  const known = apart({remembered: ours, writer: ours, reader: other});
  const claims = known.claims.map((claim) =>
    claim.metadata.name === 'data-orders-postgresql-primary-0'
      ? {...claim, metadata: {...claim.metadata, deletionTimestamp: '2026-11-23T20:00:00Z'}}
      : claim,
  );
  const codes = causesOf({...known, claims});
  expect(codes.map(({code}) => code)).toEqual(['VOLUME_GOING', 'LEFTOVER_VOLUME']);
  expect(JSON.stringify(codes)).not.toContain('delete pvc data-');
});

describe('a reader says that its database is another than the writer’s', () => {
  const saying = (primary: string, answers: Answers): Snapshot => ({
    ...apart(answers),
    logTails: {
      'orders-postgresql-read-0': [
        'FATAL:  database system identifier differs between the primary and standby',
        `DETAIL:  The primary's identifier is ${primary}, the standby's identifier is ${ours}.`,
      ],
    },
  });
  const codes = (snapshot: Snapshot) => causesOf(snapshot).map(({code}) => code);

  test.each<[string, Answers]>([
    ['the writer that answers', {writer: ours, reader: ours}],
    ['the writer that the release remembers, and is not back yet', {remembered: ours}],
  ])('but it was about something else than %s', (_, answers) => {
    expect(codes(saying(other, answers))).not.toContain('LEFTOVER_VOLUME');
  });

  test('about the writer that answers, or one that nobody knows: its volume is left over', () => {
    expect(codes(saying(other, {writer: other}))).toContain('LEFTOVER_VOLUME');
    expect(codes(saying(other, {}))).toContain('LEFTOVER_VOLUME');
  });
});
