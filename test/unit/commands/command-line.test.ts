// Operations and questions become command lines, and a command line becomes the same again.
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {parse} from '../../../source/cli/parse-operation.ts';
import {argumentsOf, render, renderForScript, template, usualCluster} from '../../../source/commands/command-line.ts';
import {
  backupActions,
  passwordRoles,
  restoreParameters,
  type RequestOf,
  type Operation,
  type OperationKind,
  type Question,
  type ReleaseRef,
} from '../../../source/commands/operation.ts';
import type {Answers} from '../../../source/parameters/answers.ts';
import {descriptors} from '../../../source/parameters/parameters.ts';
import {answersFrom} from '../../../source/parameters/resolve.ts';
import {shellLines} from '../../support/shell-words.ts';
import {parameters} from '../../support/arbitrary-parameters.ts';

const name = fc.stringMatching(/^[a-z]([a-z0-9]{0,8}-?[a-z0-9]{1,4})$/);
/** Contexts and files are called whatever somebody called them; a shell must not read more into it. */
const anyText = fc
  .oneof(
    fc.constantFrom("it's", 'a b', '$(x)', '--yes=no', 'user@cluster.eu'),
    fc.string({minLength: 1, maxLength: 12}),
  )
  .filter((text) => !text.startsWith('-') && text.trim() !== '' && !text.includes('\0'));
const where: fc.Arbitrary<ReleaseRef> = fc.record({
  release: name,
  namespace: fc.option(name),
  context: fc.option(anyText),
});
const given = parameters.map((all): Answers => {
  // They are in their file, which a command names.
  const answers = {...answersFrom(all)};
  Reflect.deleteProperty(answers, 'extraValues');
  return answers;
});
const files = fc.option(name).map((patchTo) => (patchTo === null ? {} : {patchTo}));
/** Some of the answers, as a person gives them. */
const some = given.chain((all) => fc.subarray(Object.entries(all)).map((kept): Answers => Object.fromEntries(kept)));
function thatChange(answers: Answers): Answers {
  return Object.fromEntries(
    Object.entries(answers).filter(([key]) => descriptors.some((one) => one.key === key && one.changes !== 'never')),
  );
}
/** Answers that `set` takes, with `none` for some of what may be taken away. */
const settings = fc
  .tuple(some.map(thatChange), fc.subarray(['hostname', 'pullSecret', 'digest'] as const))
  .map(([{hostname, images, ...rest}, gone]) => {
    const isGone = (one: (typeof gone)[number]) => gone.includes(one);
    const parts = {
      ...images,
      ...(isGone('pullSecret') ? {pullSecret: 'none'} : {}),
      ...(isGone('digest') ? {digest: 'none'} : {}),
    };
    return {
      ...rest,
      ...(isGone('hostname') ? {hostname: 'none'} : hostname === undefined ? {} : {hostname}),
      ...(Object.keys(parts).length > 0 ? {images: parts} : {}),
    };
  });

/** Those of the readers' parts that `resize` takes; undefined: none. */
function sizesIn({cpu, memory, storageSize}: NonNullable<Answers['readers']> = {}): object | undefined {
  return [cpu, memory, storageSize].some((size) => size !== undefined) ? {cpu, memory, storageSize} : undefined;
}

const valuesFile = fc.option(fc.array(anyText, {minLength: 1, maxLength: 3}));
const asked: {readonly [Kind in OperationKind]: fc.Arbitrary<RequestOf<Kind>>} = {
  install: fc.record({kind: fc.constant('install'), answers: given, valuesFile}),
  scale: fc
    .record({readReplicas: fc.integer({min: 0, max: 15}), deleteVolumes: fc.boolean(), to: files})
    .map(({to, ...rest}) => ({kind: 'scale', ...rest, ...to})),
  resize: fc.tuple(some, files, fc.boolean()).map(([{cpu, memory, instanceType, storageSize, readers}, to, stays]) => ({
    kind: 'resize',
    sizes: JSON.parse(JSON.stringify({cpu, memory, instanceType, storageSize, readers: sizesIn(readers)})) as object,
    ...(stays ? {switchover: 'never'} : {}),
    ...to,
  })),
  upgrade: fc
    .record({
      images: given.map(({images = {}}) => images),
      chartVersion: fc.option(fc.constantFrom('16.7.26', '17.0.1')),
      to: files,
    })
    .map(({to, ...rest}) => ({kind: 'upgrade', ...rest, ...to})),
  set: fc.tuple(settings, valuesFile, files).map(([answers, from, to]) => ({
    kind: 'set',
    answers,
    valuesFile: from,
    ...to,
  })),
  'rotate-password': fc.record({kind: fc.constant('rotate-password'), role: fc.constantFrom(...passwordRoles)}),
  switchover: fc
    .record({to: fc.option(name), node: fc.option(name)})
    .map(({to, node}) => ({kind: 'switchover', to, ...(node === null ? {} : {awayFromNode: node})})),
  failover: fc.record({kind: fc.constant('failover'), to: fc.option(name), nodeIsOff: fc.boolean()}),
  backup: fc
    .record({
      action: fc.constantFrom(...backupActions),
      backup: fc.option(fc.constantFrom('20260102T030000Z', '20251231T235959Z')),
      as: fc.option(name),
      answers: some.map((all) =>
        Object.fromEntries(restoreParameters.flatMap((key) => (key in all ? [[key, all[key]]] : []))),
      ),
    })
    .map(({answers, ...rest}) => ({
      kind: 'backup',
      ...rest,
      ...(Object.keys(answers).length === 0 ? {} : {answers}),
    })),
  adopt: fc
    .record({
      sizes: some.map(({cpu, memory}) => JSON.parse(JSON.stringify({cpu, memory})) as object),
      readReplicas: fc.option(fc.integer({min: 0, max: 15})),
      restartsLater: fc.boolean(),
      detach: fc.constantFrom({}, {detach: true as const}),
    })
    .map(({detach, ...rest}) => ({kind: 'adopt', ...rest, ...detach})),
  restart: fc.constant({kind: 'restart'}),
  recover: fc.constant({kind: 'recover'}),
  rollback: fc
    .tuple(fc.option(fc.integer({min: 1, max: 999})), files)
    .map(([revision, to]) => ({kind: 'rollback', revision, ...to})),
  uninstall: fc.record({kind: fc.constant('uninstall'), deleteData: fc.boolean(), dumpTo: fc.option(anyText)}),
};
/** Those operations, each about any release. */
const operations = Object.entries(asked).map(([kind, one]): [string, fc.Arbitrary<Operation>] => [
  kind,
  fc.tuple(where, one as fc.Arbitrary<RequestOf<OperationKind>>).map(([ref, rest]) => ({...ref, ...rest})),
]);

const role = fc.option(fc.constantFrom('writer' as const, 'reader' as const));
const question: fc.Arbitrary<Question> = where.chain((ref) =>
  fc.oneof(
    fc.constant({kind: 'list' as const}),
    fc.boolean().map((watch) => ({kind: 'status' as const, ...ref, watch})),
    fc.constantFrom('doctor' as const, 'history' as const, 'values' as const).map((kind) => ({kind, ...ref})),
    fc.record({kind: fc.constantFrom('endpoints' as const, 'logs' as const), role}).map((rest) => ({...ref, ...rest})),
    fc
      .record({role, forward: fc.option(fc.integer({min: 0, max: 65_535}))})
      .map((rest) => ({kind: 'connect' as const, ...ref, ...rest})),
  ),
);

/** One shell reads the lines of many operations at once. */
function isReadBack<T extends Operation | Question>(any: fc.Arbitrary<T>, lineOf: (one: T) => string): void {
  fc.assert(
    fc.property(fc.array(any, {minLength: 10, maxLength: 10}), (all) => {
      const lines = shellLines(all.map((one) => lineOf(one)));
      expect(lines.map((words) => parse(words.slice(1)))).toEqual(all);
    }),
    {numRuns: 4},
  );
}

it('an adoption restarts now or later, and at no other time', () => {
  expect(() => parse(['adopt', 'orders', '--restart', 'sometimes'])).toThrow(/Use now or later/);
});

describe('what is proposed', {timeout: 20_000}, () => {
  it.each(operations)('%s is read back from its command line as the same operation', (_kind, operation) => {
    isReadBack(operation, render);
  });

  it.each(operations)('%s is the same operation in the words of a script', (_kind, operation) => {
    isReadBack(operation, (one) => renderForScript(one, usualCluster));
  });

  it('is read back from its command line as the same question', () => {
    isReadBack(question, render);
  });
});

describe('the cluster of a command', () => {
  const orders = {release: 'orders', namespace: 'team-a', context: 'lab'};
  const access = {kubeconfig: '/home/ann/lab conf', sandbox: false};

  it('is named by its kubeconfig where that is not the usual one', () => {
    expect(render({kind: 'recover', ...orders}, access)).toBe(
      "pg-helm-install recover orders -n team-a --context lab --kubeconfig '/home/ann/lab conf'",
    );
    expect(renderForScript({kind: 'rollback', ...orders, revision: 3}, access)).toBe(
      "pg-helm-install rollback orders 3 --context lab --kubeconfig '/home/ann/lab conf' --namespace team-a --yes",
    );
  });

  it('is not named where client-node invented it for a pod', () => {
    const inPod = {...orders, context: 'inClusterContext'};
    expect(renderForScript({kind: 'recover', ...inPod}, usualCluster)).toBe(
      'pg-helm-install recover orders --namespace team-a --yes',
    );
  });

  it('is the sandbox without a context', () => {
    expect(render({kind: 'recover', ...orders}, {...access, sandbox: true})).toBe(
      'pg-helm-install recover orders -n team-a --sandbox',
    );
    expect(argumentsOf({kind: 'list'})).toEqual(['list']);
  });
});

it('a template keeps its blanks as they are', () => {
  const orders = {release: 'orders', namespace: 'team-a', context: null};
  expect(template('resize', orders, '--memory QUANTITY')).toBe(
    'pg-helm-install resize orders -n team-a --memory QUANTITY',
  );
  expect(template('install', orders, '')).toBe('pg-helm-install install orders -n team-a');
});

it('what deletes data names the release again in a script', () => {
  const orders = {release: 'orders', namespace: 'team-a', context: 'lab'};
  expect(renderForScript({kind: 'uninstall', ...orders, deleteData: true, dumpTo: null}, usualCluster)).toBe(
    'pg-helm-install uninstall orders --context lab --namespace team-a --delete-data --confirm orders --yes',
  );
});
