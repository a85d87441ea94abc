import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {serverSideApply} from '../../../source/api/patches/apply.ts';
import {jsonPatch} from '../../../source/api/patches/json.ts';
import {afterUpdate} from '../../../source/api/patches/managed-fields.ts';
import {mergePatch} from '../../../source/api/patches/merge.ts';
import {strategicMergePatch} from '../../../source/api/patches/strategic.ts';
import {below, typeNamed, type Type} from '../../../source/api/schema/schema.ts';
import {equal} from '../../../source/store/canonical.ts';
import type {KubeObject} from '../../../source/store/objects.ts';

type Fields = Record<string, unknown>;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const word = fc.constantFrom('a', 'b', 'c', 'd');
const env = fc.uniqueArray(fc.record({name: word, value: word}), {selector: ({name}) => name, maxLength: 3});
const mounts = fc.uniqueArray(fc.record({name: word, mountPath: word}), {
  selector: ({mountPath}) => mountPath,
  maxLength: 3,
});
const container = fc.record(
  {name: word, image: word, args: fc.array(word, {maxLength: 2, minLength: 1}), env, volumeMounts: mounts},
  {requiredKeys: ['name']},
);
const podSpec = fc.record(
  {
    containers: fc.uniqueArray(container, {selector: ({name}) => name, maxLength: 3}),
    nodeSelector: fc.dictionary(word, word),
    hostname: word,
    tolerations: fc.array(fc.record({key: word}), {maxLength: 2}),
  },
  {requiredKeys: ['containers']},
);
const pod = podSpec.map((spec) => ({spec}));
const podType = typeNamed('Pod');

/** The strategic merge patch from one to the other, as kubectl makes it. */
function difference(type: Type, from: Fields, to: Fields): Fields {
  const patch: Fields = {};
  for (const key of Object.keys(from)) if (!(key in to)) patch[key] = null;
  for (const [key, wanted] of Object.entries(to)) {
    const kept = from[key];
    if (equal(kept, wanted)) continue;
    const of = below(type, key);
    if (isFields(kept) && isFields(wanted)) patch[key] = difference(of, kept, wanted);
    else if (of.is === 'list' && of.mergeKey && Array.isArray(kept) && Array.isArray(wanted)) {
      const [mergeKey, item] = [of.mergeKey, of.item];
      const keyed = (list: Fields[], entry: Fields) => list.find((one) => one[mergeKey] === entry[mergeKey]);
      const gone = (kept as Fields[])
        .filter((entry) => !keyed(wanted as Fields[], entry))
        .map((entry) => ({$patch: 'delete', [mergeKey]: entry[mergeKey]}));
      const changed = (wanted as Fields[]).map((entry) => ({
        ...difference(item, keyed(kept as Fields[], entry) ?? {}, entry),
        [mergeKey]: entry[mergeKey],
      }));
      patch[`$setElementOrder/${key}`] = (wanted as Fields[]).map((entry) => ({[mergeKey]: entry[mergeKey]}));
      patch[key] = [...changed, ...gone];
    } else patch[key] = wanted;
  }
  return patch;
}

describe('a strategic merge patch', () => {
  test('of the difference gives the target', () => {
    fc.assert(
      fc.property(pod, pod, (from, to) => {
        expect(strategicMergePatch(podType, from, difference(podType, from, to))).toEqual(to);
      }),
    );
  });

  test('leaves what it does not name', () => {
    const kept = {
      spec: {
        containers: [
          {name: 'a', image: '1', env: [{name: 'X', value: '1'}]},
          {name: 'b', image: '2'},
        ],
      },
    };
    const patch = {spec: {containers: [{name: 'a', env: [{name: 'Y', value: '2'}]}]}};
    // Where no order is said, the API server puts new items first.
    expect(strategicMergePatch(podType, kept, patch)).toEqual({
      spec: {
        containers: [
          {
            name: 'a',
            image: '1',
            env: [
              {name: 'Y', value: '2'},
              {name: 'X', value: '1'},
            ],
          },
          {name: 'b', image: '2'},
        ],
      },
    });
  });

  test('replaces, retains keys and takes from plain lists', () => {
    const volumes = {spec: {volumes: [{name: 'v', emptyDir: {}}]}};
    const other = {spec: {volumes: [{name: 'v', $retainKeys: ['name', 'hostPath'], hostPath: {path: '/x'}}]}};
    expect(strategicMergePatch(podType, volumes, other)).toEqual({
      spec: {volumes: [{name: 'v', hostPath: {path: '/x'}}]},
    });
    const containers = {spec: {containers: [{name: 'a', image: '1'}]}};
    expect(
      strategicMergePatch(podType, containers, {spec: {containers: [{$patch: 'replace'}, {name: 'b', image: '2'}]}}),
    ).toEqual({spec: {containers: [{name: 'b', image: '2'}]}});
    const finalizers = {metadata: {finalizers: ['x/a', 'x/b']}};
    expect(
      strategicMergePatch(podType, finalizers, {metadata: {'$deleteFromPrimitiveList/finalizers': ['x/a']}}),
    ).toEqual({metadata: {finalizers: ['x/b']}});
    expect(strategicMergePatch(podType, finalizers, {metadata: {finalizers: ['x/c']}})).toMatchObject({
      metadata: {finalizers: expect.arrayContaining(['x/a', 'x/b', 'x/c'])},
    });
  });

  test('refuses an item without its merge key', () => {
    expect(() => strategicMergePatch(podType, {}, {spec: {containers: [{image: 'x'}]}})).toThrow(
      'does not contain declared merge key: name',
    );
  });
});

describe('a JSON patch', () => {
  const object = fc.dictionary(fc.constantFrom('a', 'b', 'c/d', 'e~f'), fc.oneof(word, fc.dictionary(word, word)));
  const escaped = (key: string) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;

  test('of the difference gives the target, and leaves its source alone', () => {
    fc.assert(
      fc.property(object, object, (from, to) => {
        const before = structuredClone(from);
        const steps = [
          ...Object.keys(from)
            .filter((key) => !(key in to))
            .map((key) => ({op: 'remove', path: escaped(key)})),
          ...Object.entries(to).map(([key, value]) => ({
            op: key in from ? 'replace' : 'add',
            path: escaped(key),
            value,
          })),
        ];
        expect(jsonPatch(from, steps)).toEqual({...to});
        expect(from).toEqual(before);
      }),
    );
  });

  test('inserts into lists, moves, copies and tests', () => {
    const steps = [
      {op: 'test', path: '/list/0', value: 'a'},
      {op: 'add', path: '/list/1', value: 'b'},
      {op: 'add', path: '/list/-', value: 'd'},
      {op: 'copy', from: '/list/0', path: '/first'},
      {op: 'move', from: '/list/2', path: '/third'},
    ];
    expect(jsonPatch({list: ['a', 'c']}, steps)).toEqual({list: ['a', 'b', 'd'], first: 'a', third: 'c'});
  });

  test.each([
    [{op: 'remove', path: '/nothing'}],
    [{op: 'replace', path: '/nothing', value: 1}],
    [{op: 'test', path: '/a', value: 2}],
    [{op: 'add', path: '/list/9', value: 2}],
  ])('that does not fit is refused: %o', (step) => {
    expect(() => jsonPatch({a: 1, list: []}, [step])).toThrow(
      'the server rejected our request due to an error in our request',
    );
  });
});

test('a merge patch takes away what it names as null', () => {
  expect(mergePatch({a: {b: 1, c: 2}, d: [1]}, {a: {b: null}, d: [2], e: {f: null}})).toEqual({
    a: {c: 2},
    d: [2],
    e: {},
  });
});

describe('server-side apply', () => {
  const object = (rest: object): KubeObject => ({apiVersion: 'v1', kind: 'Pod', metadata: {name: 'x'}, ...rest});
  const one = {name: 'one', operation: 'Apply'} as const;
  const two = {name: 'two', operation: 'Apply'} as const;
  const specOf = (kept: KubeObject) => (kept['spec'] ?? {}) as Fields;
  const sorted = (spec: Fields) => ({
    ...spec,
    containers: [...((spec['containers'] ?? []) as Fields[])].sort((a, b) =>
      String(a['name']).localeCompare(String(b['name'])),
    ),
  });
  /** Empty lists and maps are nothing that a manager can own. */
  const wanted = pod.map(({spec}) => ({
    spec: {
      ...spec,
      containers: spec.containers.map((entry) => ({
        ...entry,
        env: entry.env ?? [],
        volumeMounts: entry.volumeMounts ?? [],
      })),
    },
  }));
  const plain = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(plain)
      : isFields(value)
        ? Object.fromEntries(
            Object.entries(value)
              .map(([key, item]) => [key, plain(item)] as const)
              .filter(([, item]) => !(typeof item === 'object' && item !== null && Object.keys(item).length === 0)),
          )
        : value;

  test('of one manager ends in what it applied last', () => {
    fc.assert(
      fc.property(wanted, wanted, (first, second) => {
        const kept = serverSideApply(podType, null, object(first), one, false);
        const after = serverSideApply(podType, kept, object(second), one, false);
        expect(plain(sorted(specOf(after)))).toEqual(plain(sorted(second.spec)));
      }),
    );
  });

  test('keeps what another manager also says', () => {
    const kept = serverSideApply(podType, null, object({spec: {hostname: 'h', subdomain: 's'}}), one, false);
    const both = serverSideApply(podType, kept, object({spec: {hostname: 'h'}}), two, false);
    expect(specOf(serverSideApply(podType, both, object({spec: {}}), one, false))).toEqual({hostname: 'h'});
  });

  test('names every conflict, and takes over when forced', () => {
    const kept = serverSideApply(
      podType,
      null,
      object({spec: {hostname: 'h', containers: [{name: 'c', image: '1'}]}}),
      one,
      false,
    );
    const other = object({spec: {hostname: 'i', containers: [{name: 'c', image: '2'}]}});
    expect(() => serverSideApply(podType, kept, other, two, false)).toThrow(
      'Apply failed with 2 conflicts: conflicts with "one":\n- .spec.hostname\n- .spec.containers[name="c"].image',
    );
    const forced = serverSideApply(podType, kept, other, two, true);
    expect(specOf(forced)['hostname']).toBe('i');
    expect(() => serverSideApply(podType, forced, object({spec: {hostname: 'h'}}), one, false)).toThrow(
      'conflict with "two": .spec.hostname',
    );
  });

  test('meets an update of another client', () => {
    const kept = serverSideApply(podType, null, object({spec: {hostname: 'h'}}), one, false);
    const edited = object({...kept, spec: {hostname: 'edited'}});
    const managedFields = afterUpdate(podType, kept, edited, {name: 'kubectl-edit', operation: 'Update'});
    const text = 'Apply failed with 1 conflict: conflict with "kubectl-edit" using v1: .spec.hostname';
    expect(() =>
      serverSideApply(
        podType,
        {...edited, metadata: {...edited.metadata, managedFields}},
        object({spec: {hostname: 'h'}}),
        one,
        false,
      ),
    ).toThrow(text);
  });
});
