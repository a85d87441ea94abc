// Installed again on the volumes of before, without a setting that their writer had: the readers would not start.
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {helms} from '../support/clusters/helms.ts';
import {OperatedRelease, readerPod, writerPod} from '../support/clusters/operated-release.ts';

const flags = ['--read-replicas', '1'];
const connections = (count: number) => ['--postgres-config', `max_connections=${count}`];
const install = (...more: readonly string[]) => OperatedRelease.installFlags([...flags, ...more]);

describe.each(helms)('%s', (_name, helm) => {
  let release: OperatedRelease;
  beforeAll(async () => {
    release = await OperatedRelease.install('kept-settings', [...flags, ...connections(130)], {helm});
    await release.done('uninstall');
  });
  afterAll(() => release.namespace.remove());

  test('less than they need is refused before anything is made', async () => {
    const {json, code} = await release.run('install', ...install(...connections(110)));
    expect({code, cause: json.cause}).toMatchObject({code: 3, cause: {code: 'LEFTOVER_VOLUME'}});
    expect(json.cause?.message).toContain('max_connections=130');
    expect(json.cause?.remedies[0]?.command).toContain('--postgres-config max_connections=130');
    expect(Object.keys(await release.pods())).toEqual([]);
  });

  test('a dry run reads nothing, and says that it will be read', async () => {
    const {json, code} = await release.run('install', ...install(), '--dry-run');
    expect(code).toBe(0);
    const sentences = json.plan?.consequences.map(({sentence}) => sentence).join('\n');
    expect(sentences).toContain('read from the volumes that are there before anything is installed');
    expect(Object.keys(await release.pods())).toEqual([]);
  });

  test('where nobody says anything they get it, and it can be taken back', async () => {
    const {warnings} = await release.done('install', ...install());
    expect(warnings.map(({code}) => code)).toContain('SETTINGS_CARRIED');
    for (const pod of [writerPod, readerPod(0)]) expect(await release.ask(pod, 'show max_connections')).toBe('130');
    await release.done('set', '--postgres-config', 'max_connections=');
    for (const pod of [writerPod, readerPod(0)]) expect(await release.ask(pod, 'show max_connections')).toBe('100');
  });
});
