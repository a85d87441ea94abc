// Installing under strict rules; and where the passwords go: into one Secret and nowhere else.
import {chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {gunzipSync} from 'node:zlib';
import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest';
import type {Result} from '../../source/plan/progress.ts';
import {cli, cliJson, start, type CliOptions, type Finished} from '../support/cli.ts';
import {kubectl, kubectlJson, makeNamespace, type TestNamespace} from '../support/clusters/namespace.ts';
import {helm3, helm4, realChart, smallChart} from '../support/paths.ts';
import {smallSize} from '../support/clusters/small-size.ts';

vi.setConfig({maxConcurrency: 3});

const install = (release: string, namespace: string, chart = smallChart): string[] => [
  'install',
  release,
  '-n',
  namespace,
  '--yes',
  '--chart',
  chart,
  '--timeout',
  '120s',
  ...smallSize,
];

describe.concurrent('strict rules', () => {
  test.for(realChart ? [smallChart, realChart] : [smallChart])(
    'the Pod Security level restricted lets it in: %s',
    async (chart, {onTestFinished}) => {
      const namespace = await makeNamespace('access', {'pod-security.kubernetes.io/enforce': 'restricted'});
      onTestFinished(() => namespace.remove());
      const {json, code} = await cliJson<Result>([...install('orders', namespace.name, chart), '--read-replicas', '1']);
      expect({code, cause: json.cause}).toEqual({code: 0, cause: undefined});
      expect(json.endpoints).toMatchObject({writer: {proven: true}, reader: {proven: true}});
    },
  );
});

interface Place {
  readonly namespace: TestNamespace;
  /** Holds HOME, TMPDIR, the answers file and the bundle: all that is written. */
  readonly home: string;
  /** What the children of the program were given: arguments, environment, standard input. */
  readonly children: string;
  readonly options: CliOptions;
}

type Way = 'file' | 'environment' | 'stdin';

describe.concurrent.each<[Way, string, string[]]>([
  ['file', helm3, ['--verbose']],
  ['environment', helm3, ['--output', 'ndjson']],
  ['stdin', helm4, ['--output', 'json']],
])('a password by %s', (way, helm, output) => {
  const password = canary();
  let place: Place;
  beforeAll(async () => {
    place = await makePlace(helm);
  });
  afterAll(() => place.namespace.remove());

  test('is in the Secret and nowhere else', {concurrent: false}, async () => {
    const {namespace, home, children, options} = place;
    const said: string[] = [];
    const told = ({stdout, stderr}: Finished) => said.push(stdout, stderr);
    const at = ['orders', '-n', namespace.name];
    const command = [
      ...install('orders', namespace.name),
      '--username',
      'app',
      '--read-replicas',
      '1',
      '--save-answers',
      join(home, 'answers.yaml'),
    ];

    const running = start(...given([...command, ...output], way, password, place));
    const seen = watchProcesses(running.finished, running.child.pid);
    const finished = await running.finished;
    told(finished);
    expect(finished.code, finished.stdout + finished.stderr).toBe(0);

    // What the program says later, and what it says of passwords that it refuses.
    const wrong = [canary(), canary()].map((text, index) => (index === 0 ? text : text.slice(0, 9))) as [
      string,
      string,
    ];
    const refused = await cli(...given([...command, '--output', 'json'], way, wrong[0], place));
    const weak = await cli(...given(command, way, wrong[1], place));
    expect([refused.code, weak.code]).toEqual([3, 2]);
    [refused, weak].forEach(told);
    told(await cli(...given([...command, '--dry-run', '--output', 'json'], way, password, place)));
    const formats = ['uri', 'psql', 'env', 'jdbc', 'dotnet'].map((format) => ['endpoints', ...at, '--format', format]);
    const texts = [
      ['status', ...at],
      ['values', ...at],
      ['history', ...at],
      ['endpoints', ...at],
      ['list', '-n', namespace.name],
      ['logs', ...at],
      ['doctor', ...at, '--bundle', join(home, 'bundle.json')],
    ];
    for (const args of [...formats, ...texts]) {
      const [plain, json] = await Promise.all([cli(args, options), cli([...args, '--output', 'json'], options)]);
      [plain, json].forEach(told);
      const codes = [args[0], plain.code, json.code];
      expect(codes, `${plain.stdout}${plain.stderr}${json.stdout}${json.stderr}`).toEqual([args[0], 0, 0]);
    }

    const secret = await kubectlJson<{data: Record<string, string>}>([
      '-n',
      namespace.name,
      'get',
      'secret',
      'orders-postgresql-auth',
    ]);
    const passwords = Object.values(secret.data).map((value) => Buffer.from(value, 'base64').toString());
    expect(passwords).toContain(password);
    expect(passwords).toHaveLength(3);
    const leaks = finderOf([...passwords, ...wrong]);

    expect(leaks(said.join('\n'))).toEqual([]);
    const written = filesBelow(home);
    expect([...written.keys()]).toEqual(expect.arrayContaining(['answers.yaml', 'bundle.json']));
    expect(whoLeaks(written, leaks)).toEqual([]);
    const handed = filesBelow(children);
    expect([...handed.keys()].sort().join(' ')).toMatch(/helm-.*plugin-/);
    expect([...handed.values()].join('\n')).toContain('existingSecret');
    expect(whoLeaks(handed, leaks)).toEqual([]);
    const commandLines = await seen;
    expect(commandLines.join('\n')).toContain('install orders');
    expect(commandLines.flatMap((line) => (leaks(line).length > 0 ? [line] : []))).toEqual([]);
    // That this one is found shows that others would be.
    const objects = await everythingIn(namespace.name);
    expect([...objects.keys()]).toEqual(
      expect.arrayContaining(['Pod/orders-postgresql-primary-0', 'release of sh.helm.release.v1.orders.v1']),
    );
    expect(whoLeaks(objects, leaks)).toEqual(['Secret/orders-postgresql-auth']);
  });
});

/** None of its characters changes in a URI, in YAML or in a shell, so that it is found however it is quoted. */
function canary(): string {
  return `Canary${Array.from({length: 3}, () => Math.random().toString(36).slice(2, 8)).join('')}`;
}

/** Makes a helm and a credential plugin that write down what they are given, with a home of their own. */
async function makePlace(helm: string): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'pghi-access-'));
  const [home, children] = [join(folder, 'home'), join(folder, 'children')];
  for (const made of [home, children, join(home, 'tmp')]) mkdirSync(made);
  const note = (who: string) => `note=$(mktemp ${children}/${who}-XXXXXXXX); { printf '%s\\n' "$@"; env; } > "$note"`;
  const traps = {
    helm: [note('helm'), 'cat > "$note.stdin"', `exec ${helm} "$@" < "$note.stdin"`],
    plugin: [note('plugin'), `echo '${JSON.stringify(await credential())}'`],
  };
  for (const [name, lines] of Object.entries(traps)) {
    writeFileSync(join(folder, name), ['#!/bin/bash', ...lines, ''].join('\n'));
    chmodSync(join(folder, name), 0o755);
  }
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: join(folder, 'plugin'),
    interactiveMode: 'Never',
  };
  const config = JSON.parse(await kubectl(['config', 'view', '--raw', '--minify', '-o', 'json'])) as {
    users: {name: string}[];
  };
  writeFileSync(
    join(folder, 'config'),
    JSON.stringify({...config, users: config.users.map(({name}) => ({name, user: {exec}}))}),
  );
  const env = {
    HOME: home,
    TMPDIR: join(home, 'tmp'),
    KUBECONFIG: join(folder, 'config'),
    PGHI_HELM: join(folder, 'helm'),
  };
  return {namespace: await makeNamespace('access'), home, children, options: {env}};
}

async function credential(): Promise<object> {
  const token = await kubectl(['config', 'view', '--raw', '--minify', '-o', 'jsonpath={.users[0].user.token}']);
  const expirationTimestamp = new Date(Date.now() + 3_600_000).toISOString();
  return {apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status: {token, expirationTimestamp}};
}

function given(args: string[], way: Way, password: string, {options, children}: Place): [string[], CliOptions] {
  if (way === 'stdin') return [[...args, '--password-stdin'], {...options, input: `${password}\n`}];
  if (way === 'environment') return [args, {...options, env: {...options.env, PGHI_PASSWORD: password}}];
  const file = join(dirname(children), 'password');
  writeFileSync(file, `${password}\n`, {mode: 0o600});
  return [[...args, '--password-file', file], options];
}

/** The command lines of all processes of this machine, seen until the program has ended. */
async function watchProcesses(finished: Promise<Finished>, own: number | undefined): Promise<string[]> {
  const seen = new Set<string>();
  let over = false;
  void finished.then(() => (over = true));
  while (!over) {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== own)) {
      try {
        seen.add(readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '));
      } catch {
        // The process has ended meanwhile.
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return [...seen];
}

/** Which of the secrets are in a text: as they are, or as a part of something in base64. */
function finderOf(secrets: readonly string[]): (text: string) => string[] {
  const forms = secrets.map((secret) => [secret, ...[0, 1, 2].map((offset) => inBase64(secret, offset))]);
  return (text) => secrets.filter((_, index) => forms[index]?.some((form) => text.includes(form)));
}

/** The secret in base64, without the characters at both ends that depend on what surrounds it. */
function inBase64(secret: string, offset: number): string {
  const encoded = Buffer.from(' '.repeat(offset) + secret).toString('base64');
  return encoded.replace(/.?=*$/, '').slice(Math.ceil((offset * 8) / 6));
}

function whoLeaks(texts: ReadonlyMap<string, string>, leaks: (text: string) => string[]): string[] {
  return [...texts].flatMap(([name, text]) => (leaks(text).length > 0 ? [name] : []));
}

function filesBelow(folder: string): Map<string, string> {
  const files = readdirSync(folder, {recursive: true, withFileTypes: true}).filter((entry) => entry.isFile());
  return new Map(
    files.map(({parentPath, name}) => [
      join(parentPath, name).slice(folder.length + 1),
      readFileSync(join(parentPath, name), 'utf8'),
    ]),
  );
}

/** All objects of the namespace, of every kind that can be listed, and helm's records unpacked. */
async function everythingIn(namespace: string): Promise<Map<string, string>> {
  const kinds = (await kubectl(['api-resources', '--namespaced', '--verbs=list', '-o', 'name'])).trim().split('\n');
  const {items} = await kubectlJson<{items: {kind: string; metadata: {name: string}; data?: {release?: string}}[]}>([
    '-n',
    namespace,
    'get',
    kinds.join(','),
  ]);
  return new Map(
    items.flatMap((item) => {
      const {release} = item.data ?? {};
      const unpacked = release
        ? gunzipSync(Buffer.from(Buffer.from(release, 'base64').toString(), 'base64')).toString()
        : null;
      const {name} = item.metadata;
      return [
        [`${item.kind}/${name}`, JSON.stringify(item)] as const,
        ...(unpacked ? [[`release of ${name}`, unpacked] as const] : []),
      ];
    }),
  );
}
