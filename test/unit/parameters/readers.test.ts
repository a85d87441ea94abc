// Readers that have other sizes, disks or another exposure than their writer, as parameters, as values and in changes.
import {describe, expect, it} from 'vitest';
import {fromValues, toValues} from '../../../source/chart/values.ts';
import {at} from '../../../source/chart/tree.ts';
import {changed, resized} from '../../../source/client/requests/edits.ts';
import {readersEvened} from '../../../source/plan/readers-sizes.ts';
import {rollBack} from '../../../source/plan/rollback.ts';
import {readers} from '../../../source/parameters/descriptors/readers.ts';
import type {Parameters} from '../../../source/parameters/parameters.ts';
import {ofReaders} from '../../../source/parameters/readers.ts';
import {resolve} from '../../../source/parameters/resolve.ts';
import type {Snapshot} from '../../../source/observation/snapshot.ts';
import {ordinary} from '../../support/arbitrary-parameters.ts';
import {FakeRelease} from '../../support/fakes/fake-release.ts';

const nowhere = {nodes: null, storageClasses: null, cloud: null};
const place = async () => nowhere;
const naming = {fullname: 'orders-postgresql'};
const own = {cpu: '250m', memory: '1Gi', storageSize: '50Gi'} as const;
const differing: Parameters = {...ordinary, readers: own};
const snapshot: Snapshot = new FakeRelease(ordinary).snapshot();
const after = async (edit: ReturnType<typeof resized>) => edit.parameters(differing, place, snapshot);

describe('as parameters', () => {
  it("what says the same of both is nobody's own", () => {
    const asked = {cpu: '1', memory: '2Gi', storageSize: '20Gi', readers: {cpu: '1000m', memory: '1Gi'}};
    expect(resolve(asked, nowhere).readers).toEqual({memory: '1Gi'});
  });

  it('are read from one text, and said as flags', () => {
    expect(readers.parse('cpu=250m, exposure=node-port')).toEqual({value: {cpu: '250m', exposure: 'node-port'}});
    expect(readers.toFlags(own)).toEqual([
      ...['--reader-cpu', '250m', '--reader-memory', '1Gi', '--reader-storage-size', '50Gi'],
    ]);
    expect(readers.parse('disk=1Gi')).toHaveProperty('problem');
    expect(readers.parse('memory=1')).toHaveProperty('problem');
  });

  it('may not be limited to less CPU than they ask for', () => {
    const asked = {cpu: '1', readers: {cpuLimit: '500m'}};
    expect(() => resolve(asked, nowhere)).toThrow(/--reader-cpu-limit: 500m is less than each reader asks for \(1\)/);
  });

  it('may have the only load balancer', () => {
    const asked = {readers: {exposure: 'load-balancer'}, allowFrom: {kind: 'public'}} as const;
    expect(resolve(asked, nowhere)).toMatchObject({exposure: 'cluster', allowFrom: {kind: 'public'}});
    expect(() => resolve({readers: {exposure: 'load-balancer'}}, nowhere)).toThrow(/whom it lets in/);
  });
});

describe('as values', () => {
  it('stand below readReplicas alone, and are read back', () => {
    const values = toValues(differing, naming);
    expect(at(values, ['readReplicas', 'resources'])).toEqual({
      requests: {cpu: '250m', memory: '1Gi'},
      limits: {memory: '1Gi'},
    });
    expect(at(values, ['primary', 'resources', 'requests'])).toEqual({cpu: '1', memory: '2Gi'});
    expect(at(values, ['readReplicas', 'persistence', 'size'])).toBe('50Gi');
    expect(fromValues(values)).toEqual(differing);
  });

  it('a load balancer that one of both has is told alone whom it lets in', () => {
    const wanted: Parameters = {
      ...ordinary,
      exposure: 'load-balancer',
      allowFrom: {kind: 'cidrs', cidrs: ['10.0.0.0/8']},
      readers: {exposure: 'cluster'},
    };
    const values = toValues(wanted, naming);
    expect(at(values, ['readReplicas', 'service'])).toEqual({type: 'ClusterIP'});
    expect(at(values, ['primary', 'service', 'loadBalancerSourceRanges'])).toEqual(['10.0.0.0/8']);
    expect(fromValues(values)).toEqual(wanted);
  });

  it('settings that follow from the sizes fit into the smaller of both', () => {
    const text = (parameters: Parameters) => at(toValues(parameters, naming), ['primary', 'extendedConfiguration']);
    const small: Parameters = {...ordinary, memory: '1Gi', cpu: '250m', sizing: 'auto'};
    expect(text({...small, memory: '8Gi', cpu: '4', readers: {memory: '1Gi', cpu: '250m'}})).toEqual(text(small));
  });
});

describe('in changes', () => {
  it('a value for all pods ends what was their own, and the rest stays', async () => {
    const desired = await after(resized({cpu: '2'}));
    expect(desired).toMatchObject({cpu: '2', readers: {memory: '1Gi', storageSize: '50Gi'}});
    expect(desired.readers).not.toHaveProperty('cpu');
    expect(await after(changed({cpu: '2'}))).toEqual(desired);
  });

  it('a larger disk of theirs stays, and a smaller one grows', async () => {
    expect(await after(resized({storageSize: '30Gi'}))).toMatchObject({storageSize: '30Gi', readers: own});
    const grown = await after(resized({storageSize: '60Gi'}));
    expect(ofReaders(grown).storageSize).toBe('60Gi');
    expect(ofReaders(await after(resized({storageSize: '50Gi'}))).storageSize).toBe('50Gi');
  });

  it('both may be named at once, and one of theirs alone', async () => {
    expect(await after(changed({cpu: '2', readers: {cpu: '500m'}}))).toMatchObject({
      cpu: '2',
      readers: {...own, cpu: '500m'},
    });
    expect(await after(changed({readers: {memory: '512Mi'}}))).toMatchObject({
      memory: '2Gi',
      readers: {...own, memory: '512Mi'},
    });
  });

  it('a load balancer that the readers give back leaves nobody to let in', async () => {
    const balanced: Parameters = {
      ...ordinary,
      readers: {exposure: 'load-balancer'},
      allowFrom: {kind: 'public'},
    };
    const desired = await changed({readers: {exposure: 'cluster'}}).parameters(balanced, place, snapshot);
    expect(desired).toMatchObject({exposure: 'cluster', allowFrom: {kind: 'none'}, readers: {}});
  });

  it('the plan says what becomes the same, and how it is had back', async () => {
    const desired = await after(resized({cpu: '2', memory: '2Gi'}));
    const facts = {before: snapshot, existing: differing, desired} as EvenedFacts;
    const [said] = readersEvened(facts);
    expect(said?.sentence).toMatch(/^The readers get what the writer has: CPU 2 instead of 250m, memory 2Gi instead/);
    expect(said?.sentence).toMatch(/set orders .*--reader-cpu 250m --reader-memory 1Gi/);
    expect(readersEvened({...facts, desired: differing})).toEqual([]);
  });

  it('a rollback brings their sizes back, and makes no disk smaller', () => {
    const {parameters} = rollBack(3, {...differing, readers: {cpu: '250m'}}, differing, snapshot);
    expect(parameters).toMatchObject({storageSize: '20Gi', readers: {cpu: '250m', storageSize: '50Gi'}});
  });
});

type EvenedFacts = globalThis.Parameters<typeof readersEvened>[0];
