// Whatever a person, a file or a cluster says: a value, or one line that says what is wrong. `npm run fuzz` tries a
// million of them, CI a minute's, `npm test` a few. The seed of a failure is printed by fast-check.
import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import fc from 'fast-check';
import {expect, it, vi} from 'vitest';
import {asExtraValues, parseExtraValues, textOfFile} from '../../source/chart/extra-values.ts';
import {commands} from '../../source/cli/index.ts';
import {isOperationKind, operationOf} from '../../source/cli/operation-of.ts';
import {parseCommandLine} from '../../source/cli/parse.ts';
import {loadKubeconfig, kubeconfigProblem, withWhatKubectlAllows} from '../../source/cluster/kubeconfig.ts';
import {UserError} from '../../source/core/cause.ts';
import {evidence} from '../../source/observation/causes/messages.ts';
import {plain} from '../../source/observation/text/plain-text.ts';
import {answersFromEnvironment, answersFromFlags} from '../../source/parameters/answers.ts';
import {parseAnswersFile} from '../../source/parameters/answers-file.ts';
import {descriptors} from '../../source/parameters/parameters.ts';
import {resolve} from '../../source/parameters/resolve.ts';

const {PGHI_FUZZ_RUNS: runs = 150, PGHI_FUZZ_SECONDS: seconds} = process.env;
/** So many inputs of each kind, or as many as there is time for: eight kinds share it. */
const bounds =
  seconds === undefined
    ? {numRuns: Number(runs)}
    : {numRuns: Number.MAX_SAFE_INTEGER, interruptAfterTimeLimit: Number(seconds) * 125};
vi.setConfig({testTimeout: 3_600_000});

/** Control characters other than a line break: a terminal would obey them. */
const obeyed = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/;

/** The work's answer, or what the user reads. Anything else that is thrown is a bug. */
function orMessage<T>(work: () => T): T | string {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    expect(error.message).not.toBe('');
    expect(error.message).not.toMatch(/undefined|\[object /);
    return error.message;
  }
}

const awkward = fc.constantFrom(
  ...['', ' ', '0', '-1', '1e9', 'NaN', 'null', '-', '--', '=', ',', ';', '\0', '\n', '\u001b[2J', '\u202e', '🐘', 'é'],
  ...['20Gi', '1.5Gi', '500m', '0Gi', '99999999Ei', '10.0.0.0/8', '::/0', '0 3 * * *', 'a=b', 'a=b=c', 'k:NoSchedule'],
  ...['__proto__', 'constructor', 'toString', '../../etc/passwd', '$(id)', '`id`', "'; drop", '%s', '{{ .Values.x }}'],
);
const word = fc.oneof(awkward, fc.string({maxLength: 20}), fc.string({unit: 'binary', maxLength: 12}));
const flag = fc.constantFrom(
  ...descriptors.flatMap(({flags}) => flags.map(({name}) => name)),
  ...['--namespace', '--context', '--output', '--timeout', '--yes', '--dry-run', '--confirm', '--role', '--values'],
);

it('a command line', () => {
  const line = fc.tuple(
    fc.oneof(fc.constantFrom(...commands.map(({name}) => name)), word),
    fc.array(
      fc.oneof(
        flag,
        word,
        fc.tuple(flag, word).map((both) => both.join('=')),
      ),
      {maxLength: 8},
    ),
  );
  fc.assert(
    fc.property(line, ([command, rest]) => {
      orMessage(() => {
        const parsed = parseCommandLine([command, ...rest], commands, '0');
        if (parsed.kind !== 'command' || !isOperationKind(parsed.command.name)) return null;
        return operationOf(parsed.command.name, parsed);
      });
    }),
    bounds,
  );
});

it('a field of the form, a flag, a variable', () => {
  fc.assert(
    fc.property(fc.constantFrom(...descriptors), word, ({parse, format, variables}, text) => {
      const parsed = parse(text);
      if ('problem' in parsed) expect(parsed.problem).not.toBe('');
      else expect(typeof format(parsed.value)).toBe('string');
      const [variable] = variables;
      if (variable) orMessage(() => answersFromEnvironment({[variable.name]: text}, []));
    }),
    bounds,
  );
});

it('answers together', () => {
  const options = fc.array(fc.tuple(fc.constantFrom(...descriptors.flatMap(({flags}) => flags)), word), {maxLength: 6});
  fc.assert(
    fc.property(options, (given) => {
      orMessage(() => {
        const answers = answersFromFlags(
          Object.fromEntries(given.map(([{option, repeats}, text]) => [option, repeats ? [text] : text])),
        );
        return resolve(answers, {nodes: null, storageClasses: null, cloud: null});
      });
    }),
    bounds,
  );
});

/** Lines that look like YAML more often than not. */
const yamlLine = fc
  .tuple(
    fc.integer({min: 0, max: 3}),
    fc.oneof(fc.constantFrom('primary', 'a', 'on', '<<', '- b', '? c', '"q', 'x: &y', 'password'), word),
    fc.oneof(fc.constantFrom('', '1', '0755', '*y', '&y', '[1, 2', '{a: b}', '|', '>-', '!tag x', '.inf'), word),
  )
  .map(([depth, key, value]) => `${'  '.repeat(depth)}${key}: ${value}`);
const yaml = fc.array(yamlLine, {maxLength: 8}).map((lines) => lines.join('\n'));

it('a values file', () => {
  fc.assert(
    fc.property(fc.oneof(yaml, fc.string({unit: 'binary', maxLength: 60})), (text) => {
      const found = orMessage(() => parseExtraValues(text, 'values.yaml'));
      // What is read can be written down, in helm's record too.
      if (typeof found !== 'string') expect(() => JSON.stringify(found)).not.toThrow();
      else expect(found).toMatch(/^values\.yaml: /);
    }),
    bounds,
  );
});

it('the bytes of a file', () => {
  fc.assert(
    fc.property(fc.uint8Array({maxLength: 40}), (bytes) => {
      expect(typeof orMessage(() => textOfFile(bytes, 'values.yaml'))).toBe('string');
    }),
    bounds,
  );
});

it('an answers file', () => {
  const keys = descriptors.map(({key}) => key);
  const line = fc
    .tuple(fc.oneof(fc.constantFrom(...keys), word), fc.oneof(word, fc.constantFrom('[a, b]', '{x: y}', '&a b', '*a')))
    .map(([key, value]) => `  ${key}: ${value}`);
  const file = fc
    .array(line, {maxLength: 5})
    .map((lines) => ['schema: pg-helm-install/answers/v1', 'parameters:', ...lines, ''].join('\n'));
  fc.assert(
    fc.property(fc.oneof(file, yaml), (text) => {
      const found = orMessage(() => parseAnswersFile(text, 'answers.yaml', asExtraValues));
      if (typeof found === 'string') expect(found).toMatch(/^answers\.yaml[:,] /);
    }),
    bounds,
  );
});

it('a kubeconfig', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'pghi-fuzz-')), 'config');
  const piece = fc.oneof(word, fc.constantFrom('https://host:6443', 'http://x', 'ftp://x', 'a', '[]', '{}', '1'));
  const file = fc.record({clusters: piece, contexts: piece, users: piece, server: piece, current: piece});
  fc.assert(
    fc.property(file, ({clusters, contexts, users, server, current}) => {
      writeFileSync(
        path,
        [
          ...['apiVersion: v1', 'kind: Config', `current-context: ${current}`],
          ...[`clusters: [{name: ${clusters}, cluster: {server: ${server}}}]`],
          ...[`contexts: [{name: ${contexts}, context: {cluster: ${clusters}, user: ${users}}}]`, `users: ${users}`],
        ].join('\n'),
      );
      let config;
      try {
        config = loadKubeconfig(path);
      } catch (error) {
        // connect() shows its first line.
        expect(error).toBeInstanceOf(Error);
        return;
      }
      const problem = kubeconfigProblem(config);
      if (problem === null) withWhatKubectlAllows(config, {});
      else expect(problem).toMatch(/\.$/);
    }),
    {...bounds, numRuns: Math.min(bounds.numRuns, 20_000)},
  );
});

it('a text of the cluster is shown without what a terminal would obey', () => {
  fc.assert(
    fc.property(fc.oneof(word, fc.string({unit: 'binary'})), (text) => {
      expect(plain(text)).not.toMatch(obeyed);
      for (const line of evidence(text)) expect(line).not.toMatch(obeyed);
    }),
    bounds,
  );
});
