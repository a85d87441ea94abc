// What each change edits of what is wanted.
import {answersFromFlags} from '../../../../source/parameters/answers.ts';
import {describe, expect, test} from 'vitest';
import {changed, resized} from '../../../../source/client/requests/edits.ts';
import {placeOf} from '../../../../source/observation/place.ts';
import {FakeRelease} from '../../../support/fakes/fake-release.ts';
import {node, parametersWith} from '../../../support/fakes/survey.ts';

const place = placeOf({
  nodes: [node('a'), node('b', {type: 't3.large', cpu: '4', memory: '8Gi'})],
  storageClasses: null,
});
const snapshot = new FakeRelease(parametersWith()).snapshot();
const after = async (edit: ReturnType<typeof resized>, existing = parametersWith(), here = place) =>
  edit.parameters(existing, async () => here, snapshot);

describe('resize', () => {
  test('only what was named', async () =>
    expect(await after(resized({memory: '2Gi'}))).toEqual(parametersWith({memory: '2Gi'})));

  test('another type brings its own sizes where those of the old one were in use', async () => {
    const derived = parametersWith({cpu: '1', memory: '2Gi'});
    expect(await after(resized({instanceType: 't3.large'}), derived)).toMatchObject({
      instanceType: 't3.large',
      cpu: '2',
      memory: '4Gi',
    });
    expect(await after(resized({instanceType: 't3.large', memory: '3Gi'}), derived)).toMatchObject({
      cpu: '2',
      memory: '3Gi',
    });
    expect(await after(resized({instanceType: 't3.large'}), parametersWith({memory: '1Gi'}))).toMatchObject({
      cpu: '500m',
      memory: '1Gi',
    });
    expect(await after(resized({instanceType: 'any'}), derived)).toMatchObject({
      instanceType: 'any',
      cpu: '1',
      memory: '2Gi',
    });
  });
});

describe('set', () => {
  test('--toleration takes the place of what was tolerated, and none takes it away', async () => {
    const pool = {key: 'pool', operator: 'Exists', effect: 'NoSchedule'} as const;
    const set = (...toleration: readonly string[]) =>
      after(changed(answersFromFlags({toleration})), parametersWith({tolerations: [pool]}));
    expect((await set('sku=database:NoSchedule')).tolerations).toMatchObject([{key: 'sku', value: 'database'}]);
    expect((await set('none')).tolerations).toEqual([]);
  });
});

describe('resize of the readers alone', () => {
  const larger = parametersWith({readers: {memory: '2Gi', exposure: 'load-balancer'}});

  test('the writer stays as it is, and so does what else is their own', async () => {
    expect(await after(resized({readers: {cpu: '2', memory: '4Gi'}}), larger)).toEqual({
      ...larger,
      readers: {cpu: '2', memory: '4Gi', exposure: 'load-balancer'},
    });
  });

  test('what is the same as the writer’s is nobody’s own', async () => {
    expect(await after(resized({readers: {memory: parametersWith().memory}}), larger)).toEqual({
      ...larger,
      readers: {exposure: 'load-balancer'},
    });
  });

  test('beside a size for all it is theirs', async () => {
    expect(await after(resized({memory: '1Gi', readers: {memory: '3Gi'}}), larger)).toMatchObject({
      memory: '1Gi',
      readers: {memory: '3Gi', exposure: 'load-balancer'},
    });
  });
});

describe('set', () => {
  const balanced = parametersWith({
    exposure: 'load-balancer',
    allowFrom: {kind: 'internal', cloud: 'aws'},
    hostname: 'db.example.com',
    storageClass: null,
  });
  test('inside again: whom the load balancer let in goes with it, the rest stays', async () => {
    expect(await after(changed({exposure: 'cluster'}), balanced)).toEqual({
      ...balanced,
      exposure: 'cluster',
      allowFrom: {kind: 'none'},
    });
  });
  test('an internal load balancer stays internal, also for who may not list nodes', async () => {
    expect(await after(changed({hostname: 'other.example.com'}), balanced, {...place, nodes: null})).toEqual({
      ...balanced,
      hostname: 'other.example.com',
    });
  });
  test('taken away again', async () => {
    const pulled = parametersWith({
      hostname: 'db.example.com',
      images: {...parametersWith().images, pullSecret: 'regcred', digest: `sha256:${'0'.repeat(64)}`},
    });
    expect(await after(changed({hostname: 'none', images: {pullSecret: 'none', digest: 'none'}}), pulled)).toEqual(
      parametersWith(),
    );
  });
  test('taken away, while a tag comes with its digest', async () => {
    const digest = `sha256:${'1'.repeat(64)}`;
    const {images} = answersFromFlags({imageDigest: 'none', imageTag: `17.12-bookworm@${digest}`});
    expect(images).toEqual({digest, tag: '17.12-bookworm'});
  });
  test('a load balancer has to know whom it lets in', async () => {
    await expect(after(changed({exposure: 'load-balancer'}))).rejects.toThrow('--allow-from');
  });
});
