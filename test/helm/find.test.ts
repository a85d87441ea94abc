import {copyFileSync, mkdirSync, symlinkSync, writeFileSync} from 'node:fs';
import {delimiter, join} from 'node:path';
import {describe, expect, test} from 'vitest';
import type {UserError} from '../../source/core/cause.ts';
import {checkoutRoot, findHelm, understand} from '../../source/helm/find.ts';
import {folder, noRealHelm, realHelms, script} from './support.ts';

/** A folder with a helm that says it is of that version. */
function withHelm(dir: string, version = 'v3.18.0'): string {
  mkdirSync(dir, {recursive: true});
  script(join(dir, 'helm'), `echo ${version}`);
  return dir;
}

const system = ['/usr/bin', '/bin'];
const path = (...folders: string[]) => ({PATH: folders.join(delimiter)});

async function refusal(looking: Promise<unknown>) {
  const error = await looking.then(
    () => null,
    (reason: unknown) => reason as UserError,
  );
  return error?.reason;
}

describe.skipIf(process.platform === 'win32')('finding helm', () => {
  test('the first of PATH is taken', async () => {
    const [one, two] = [withHelm(join(folder(), 'a'), 'v3.17.3'), withHelm(join(folder(), 'b'))];
    expect(await findHelm({environment: path(join(one, 'none'), one, two), cwd: folder()})).toEqual({
      path: join(one, 'helm'),
      version: '3.17.3',
      major: 3,
    });
  });

  test('what is no program is passed over: a folder, a file that may not be run', async () => {
    const dir = folder();
    mkdirSync(join(dir, 'a/helm'), {recursive: true});
    mkdirSync(join(dir, 'b'));
    writeFileSync(join(dir, 'b/helm'), '');
    const good = withHelm(join(dir, 'c'));
    expect(await findHelm({environment: path(join(dir, 'a'), join(dir, 'b'), good), cwd: folder()})).toMatchObject({
      path: join(good, 'helm'),
    });
  });

  test.each([[''], ['.'], ['bin']])('the PATH entry "%s" is not looked at', async (entry) => {
    const cwd = folder();
    withHelm(cwd);
    withHelm(join(cwd, 'bin'));
    expect(
      await refusal(findHelm({environment: path(entry, ...(entry === '' ? [''] : [])), cwd, home: folder()})),
    ).toMatchObject({code: 'HELM_MISSING'});
  });

  test('one inside the current directory is refused by name, and the next one taken', async () => {
    const cwd = folder();
    const inside = withHelm(join(cwd, 'node_modules/.bin'));
    const outside = withHelm(join(folder(), 'bin'));
    expect(await findHelm({environment: path(inside, outside), cwd, home: folder()})).toMatchObject({
      path: join(outside, 'helm'),
    });
    expect(await refusal(findHelm({environment: path(inside), cwd, home: folder()}))).toMatchObject({
      code: 'HELM_MISSING',
      evidence: [`${join(inside, 'helm')} was not used: it lies in the current directory.`],
    });
  });

  test('a link from outside into the current directory is refused too', async () => {
    const [cwd, outside] = [folder(), folder()];
    symlinkSync(join(withHelm(cwd), 'helm'), join(outside, 'helm'));
    expect(await refusal(findHelm({environment: path(outside), cwd, home: folder()}))).toMatchObject({
      code: 'HELM_MISSING',
    });
  });

  test("in the home directory and in / nothing is refused: ~/.local/bin is the user's own", async () => {
    const home = folder();
    const own = withHelm(join(home, '.local/bin'));
    expect(await findHelm({environment: path(own), cwd: home, home})).toMatchObject({path: join(own, 'helm')});
    expect(await findHelm({environment: path(own), cwd: '/', home: folder()})).toMatchObject({path: join(own, 'helm')});
  });

  test('a checkout has one for when PATH has none', async () => {
    const checkout = folder();
    const bin = withHelm(join(checkout, 'node_modules/.cache/pg-helm-install/bin'), 'v4.1.4');
    const other = withHelm(join(folder(), 'bin'));
    expect(await findHelm({environment: path(folder()), cwd: checkout, checkout})).toEqual({
      path: join(bin, 'helm'),
      version: '4.1.4',
      major: 4,
    });
    expect(await findHelm({environment: path(other), cwd: folder(), checkout})).toMatchObject({
      path: join(other, 'helm'),
    });
  });

  test('PGHI_HELM wins', async () => {
    const [one, named] = [withHelm(join(folder(), 'a')), withHelm(join(folder(), 'b'))];
    expect(await findHelm({environment: {...path(one), PGHI_HELM: join(named, 'helm')}})).toMatchObject({
      path: join(named, 'helm'),
    });
  });

  test('PGHI_HELM must be an absolute path of a program', async () => {
    expect(await refusal(findHelm({environment: {PGHI_HELM: './helm'}}))).toMatchObject({code: 'BAD_INPUT'});
    expect(await refusal(findHelm({environment: {PGHI_HELM: join(folder(), 'helm')}}))).toMatchObject({
      code: 'HELM_MISSING',
    });
  });

  test.each([
    ['darwin', 'brew install helm'],
    ['win32', 'winget install Helm.Helm'],
    ['linux', undefined],
  ] as const)('none: on %s the remedy says how to install it', async (platform, command) => {
    const reason = await refusal(findHelm({environment: path(folder()), cwd: folder(), platform}));
    expect(reason?.code).toBe('HELM_MISSING');
    // Whoever runs a command that has it adds the flag.
    expect(reason?.remedies[0]?.title).toMatch(/fetched for this program alone.*not onto PATH$/);
    expect(reason?.remedies[1]?.title).toContain('Install helm');
    expect(reason?.remedies[1]?.command).toBe(command);
  });

  test('a helm that says nothing is not taken for one', async () => {
    const dir = folder();
    script(join(dir, 'helm'), 'echo usage >&2; exit 1');
    expect(await refusal(findHelm({environment: path(dir, ...system), cwd: folder()}))).toMatchObject({
      code: 'HELM_UNSUPPORTED',
      evidence: ['usage'],
    });
  });
});

describe('understanding the version', () => {
  test.each([
    ['v3.15.0', '3.15.0', 3],
    ['v3.18.0+gcc58e3f', '3.18.0', 3],
    ['4.1.4', '4.1.4', 4],
    ['v4.2.0-rc.1', '4.2.0', 4],
  ])('%s', (answer, version, major) =>
    expect(understand('/bin/helm', answer)).toEqual({path: '/bin/helm', version, major}),
  );

  test.each(['v3.14.4', 'v2.17.0', 'v5.0.0', 'a client for something else', ''])('"%s" is refused', (answer) => {
    expect(() => understand('/bin/helm', answer)).toThrow(
      expect.objectContaining({reason: expect.objectContaining({code: 'HELM_UNSUPPORTED'})}),
    );
  });
});

describe.skipIf(noRealHelm)('real helm (only fetched on Linux)', () => {
  test.each(realHelms)('$line says which it is', async ({program}) => {
    expect(await findHelm({environment: {...process.env, PGHI_HELM: program.path}})).toEqual(program);
  });
});

test('this is a checkout; an installed package is none', () => {
  expect(checkoutRoot()).toBe(join(import.meta.dirname, '../..'));
  const installed = folder();
  mkdirSync(join(installed, 'dist'));
  copyFileSync(join(import.meta.dirname, '../../package.json'), join(installed, 'package.json'));
  expect(checkoutRoot(join(installed, 'dist/main.js'))).toBeNull();
});
