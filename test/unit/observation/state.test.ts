// One word for a release, and when it is which.
import {describe, expect, it} from 'vitest';
import type {Fact, OperationRecord, Snapshot} from '../../../source/observation/snapshot.ts';
import {stateOf} from '../../../source/observation/state.ts';
import {operation, revision} from '../../support/fakes/survey.ts';
import {recorded} from './recorded.ts';

const healthy = recorded('healthy');
const helm = (status: ReturnType<typeof revision>['status'], work: OperationRecord | null = null): Snapshot => ({
  ...healthy,
  release: {...healthy.release, revisions: [revision({status})]},
  operation: work,
});
const asOfPlainHelm = {release: {revisions: [revision({status: 'deployed'})], values: {auth: {username: 'app'}}}};
const alive = operation();
const dead = operation({holderIsAlive: false});
const silent = (role: 'writer' | 'reader'): Fact => ({
  kind: 'endpoint',
  role,
  from: 'cluster',
  at: 0,
  result: {answered: false, reason: 'starting', text: ''},
});

it.each([
  ['nothing is there', {...healthy, statefulSets: [], release: {revisions: [], values: null}}, null],
  ['helm has no record of what runs', {...healthy, release: {revisions: [], values: null}}, 'ready'],
  ['it was uninstalled with its history kept', helm('uninstalled'), null],
  ['all is there and proven', healthy, 'ready'],
  ['plain helm made it, and its pods are ready', {...helm('deployed'), ...asOfPlainHelm, database: []}, 'ready'],
  [
    'plain helm made it, and a reader is not there',
    {...helm('deployed'), ...asOfPlainHelm, database: [], pods: healthy.pods.slice(0, 1)},
    'degraded',
  ],
  ['it starts', recorded('starting'), 'progressing'],
  ['helm is at work, and we know who', helm('pending-install', alive), 'progressing'],
  ['helm was interrupted', helm('pending-upgrade'), 'stuck'],
  ['helm was interrupted with the one who ran it', helm('pending-upgrade', dead), 'stuck'],
  ['an uninstall was interrupted', helm('uninstalling', dead), 'stuck'],
  ['helm failed', helm('failed'), 'broken'],
  ['helm failed and somebody is at work on it', helm('failed', alive), 'progressing'],
  ['the writer cannot start', recorded('IMAGE_NOT_FOUND'), 'broken'],
  ['a reader has no node while the writer serves', recorded('UNSCHEDULABLE-spread'), 'degraded'],
  ['the writer has no node, and nobody is at work', recorded('UNSCHEDULABLE'), 'broken'],
  ['the writer has no node yet', {...recorded('UNSCHEDULABLE'), operation: alive}, 'progressing'],
  [
    'a reader does not stream',
    {
      ...healthy,
      database: healthy.database
        .filter(({kind}) => kind === 'endpoint')
        .concat({kind: 'replication', at: 0, streams: []}),
    },
    'progressing',
  ],
  [
    'the writer is Ready and does not answer',
    {
      ...healthy,
      database: [
        ...healthy.database.filter((fact) => fact.kind !== 'endpoint' || fact.role !== 'writer'),
        silent('writer'),
      ],
    },
    'progressing',
  ],
  [
    'the reader is Ready and does not answer',
    {
      ...healthy,
      database: [
        ...healthy.database.filter((fact) => fact.kind !== 'endpoint' || fact.role !== 'reader'),
        silent('reader'),
      ],
    },
    'progressing',
  ],
  ['the database may not be asked', {...healthy, database: [], unreadable: ['secrets']}, 'degraded'],
] as const)('when %s', (_when, snapshot, word) => {
  expect(stateOf(snapshot)).toBe(word);
});

describe('a release whose readers are broken', () => {
  it('is degraded while its writer is proven', () => {
    const {database, ...behind} = recorded('REPLICA_BEHIND');
    const writer = healthy.database.filter((fact) => fact.kind === 'endpoint' && fact.role === 'writer');
    expect(stateOf({...behind, database: [...database, ...writer]})).toBe('degraded');
  });
});
