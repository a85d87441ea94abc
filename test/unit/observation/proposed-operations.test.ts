// A remedy is never an operation that this program would refuse, nor a removal where a change heals.
import {describe, expect, it} from 'vitest';
import {isOperation} from '../../../source/commands/operation.ts';
import {findCauses} from '../../../source/observation/causes/index.ts';
import {mayBegin} from '../../../source/observation/may-begin.ts';
import type {Pod} from '../../../source/observation/kubernetes.ts';
import {changes, type HelmStatus, type OperationRecord, type Snapshot} from '../../../source/observation/snapshot.ts';
import {recorded, recordedNames} from './recorded.ts';

const failures = recordedNames.filter((name) => /^[A-Z]/.test(name));
const kinds = [...changes, 'install', 'recover', 'uninstall', 'rotate-password', 'switchover', 'failover'];

const left = (kind: string, rest: Partial<OperationRecord> = {}): OperationRecord => ({
  kind: kind as OperationRecord['kind'],
  holder: '',
  holderIsAlive: false,
  startedAt: '2026-01-01T00:00:00Z',
  renewedAt: '2026-01-01T00:00:00Z',
  wanted: null,
  ...rest,
});
const withRevisions = (snapshot: Snapshot, ...statuses: readonly HelmStatus[]): Snapshot => ({
  ...snapshot,
  release: {
    ...snapshot.release,
    revisions: statuses.flatMap((status, index) =>
      snapshot.release.revisions.slice(0, 1).map((one) => ({...one, status, revision: index + 1})),
    ),
  },
});
const remediesIn = (snapshot: Snapshot) => findCauses(snapshot).flatMap(({cause}) => cause.remedies);
const begunBy = (snapshot: Snapshot) =>
  remediesIn(snapshot).flatMap(({action, begins}) => begins ?? (action && isOperation(action) ? action.kind : []));
const commandsIn = (snapshot: Snapshot) => remediesIn(snapshot).flatMap(({command}) => command ?? []);

describe('what is proposed for a recorded failure', () => {
  it.each(failures.flatMap((name) => kinds.map((kind) => [name, kind] as const)))(
    '%s may begin while there is a begun %s',
    (name, kind) => {
      const snapshot = recorded(name);
      for (const holderIsAlive of [true, false]) {
        const operation = left(kind, {holderIsAlive});
        for (const statuses of [['superseded', 'deployed'], ['deployed'], ['pending-install']] as const) {
          const paused = {...withRevisions(snapshot, ...statuses), operation};
          expect(begunBy(paused).filter((one) => !mayBegin(paused, one))).toEqual([]);
        }
      }
    },
  );

  it.each(failures)('%s may begin where helm has something under way', (name) => {
    for (const status of ['pending-upgrade', 'pending-rollback', 'uninstalling'] as const) {
      const pending = {...withRevisions(recorded(name), 'superseded', status), operation: null};
      expect(begunBy(pending).filter((one) => !mayBegin(pending, one))).toEqual([]);
    }
  });

  /** A storage class cannot be changed, files of another version cannot be read, and a name is what it is. */
  const onlyByInstall = ['NO_STORAGE_CLASS', 'VOLUME_PENDING', 'VERSION_INCOMPATIBLE', 'NAME_TOO_LONG'];
  it.each(failures.filter((name) => !onlyByInstall.includes(name.split('-')[0] ?? '')))(
    '%s removes nothing where the release can be changed',
    (name) => {
      const deployed = withRevisions(recorded(name), 'deployed');
      for (const operation of [null, left('install'), left('upgrade'), left('resize')])
        expect(begunBy({...deployed, operation})).not.toContain('uninstall');
    },
  );

  it('is an install once more where helm has made nothing yet', () => {
    const first = {...withRevisions(recorded('IMAGE_FORBIDDEN'), 'failed'), operation: null};
    expect(begunBy(first)).toEqual(['uninstall', 'uninstall']);
  });
});

describe('in the place of what would be refused', () => {
  const spread = withRevisions(recorded('UNSCHEDULABLE-spread'), 'superseded', 'deployed');
  const words = (snapshot: Snapshot) =>
    commandsIn(snapshot).flatMap((line) => /^pg-helm-install (\S+)/.exec(line)?.[1] ?? []);

  it('what was begun is finished first, or taken back', () => {
    expect(words({...spread, operation: null})).toEqual(['scale', 'set']);
    expect(words({...spread, operation: left('upgrade')})).toEqual(['recover', 'rollback']);
    expect(remediesIn({...spread, operation: left('upgrade')}).map(({title}) => title)).toContain(
      'First finish the upgrade that was begun',
    );
    expect(words({...spread, operation: left('scale')}), 'a set goes on with a scale').toEqual(['scale', 'set']);
  });

  it('a lost writer is replaced first, because without one no change could be finished', () => {
    const healthy = withRevisions(recorded('healthy'), 'superseded', 'deployed');
    const conditions = [{type: 'Ready', status: 'False'}];
    const lost = {
      ...healthy,
      pods: healthy.pods.map((pod) =>
        pod.metadata.name.includes('-primary-') ? {...pod, status: {phase: 'Unknown', conditions}} : pod,
      ),
    };
    for (const kind of [null, ...changes, 'rotate-password', 'install', 'failover'])
      expect(words({...lost, operation: kind === null ? null : left(kind)}), kind ?? 'nothing').toContain('failover');
    expect(words({...lost, operation: left('uninstall')})).toEqual(['recover']);
  });

  it('what cannot be taken back is only finished', () => {
    for (const kind of ['restart', 'rotate-password', 'switchover'])
      expect(words({...spread, operation: left(kind)}), kind).toEqual(['recover']);
    expect(words({...withRevisions(spread, 'deployed'), operation: left('upgrade')})).toEqual(['recover']);
  });
});

describe('doing without a reader that no node takes', () => {
  const spread = {...recorded('UNSCHEDULABLE-spread'), operation: null};
  const pending = spread.pods.find(({metadata}) => metadata.name === 'orders-postgresql-read-2');
  const ready = recorded('healthy').pods.find(({metadata}) => metadata.name === 'orders-postgresql-read-0');
  if (!pending || !ready) throw new Error('recorded otherwise');
  const named = (pod: Pod, ordinal: number): Pod => {
    const name = `orders-postgresql-read-${ordinal}`;
    return {...pod, metadata: {...pod.metadata, name, uid: name}};
  };
  const scaleTo = (...readers: readonly Pod[]) => {
    const others = spread.pods.filter(({metadata}) => !metadata.name.includes('-read-'));
    const wanted = 1 + Math.max(...readers.map(({metadata}) => Number(metadata.name.slice(-1))));
    const statefulSets = spread.statefulSets.map((set) =>
      set.metadata.name.endsWith('-read') ? {...set, spec: {...set.spec, replicas: wanted}} : set,
    );
    return commandsIn({...spread, statefulSets, pods: [...others, ...readers]}).flatMap(
      (line) => /--read-replicas (\d+)/.exec(line)?.[1] ?? [],
    );
  };

  it('is proposed for the last ones', () => {
    expect(scaleTo(named(ready, 0), named(ready, 1), named(pending, 2))).toEqual(['2']);
    expect(scaleTo(named(ready, 0), named(pending, 1), named(pending, 2))).toEqual(['1']);
    expect(scaleTo(named(pending, 0))).toEqual(['0']);
  });

  it('is not proposed where a later one serves, also where earlier ones are missing', () => {
    expect(scaleTo(named(pending, 0), named(ready, 1))).toEqual([]);
    expect(scaleTo(named(pending, 1), named(ready, 2))).toEqual([]);
    expect(scaleTo(named(pending, 2), named(ready, 3))).toEqual([]);
  });
});
