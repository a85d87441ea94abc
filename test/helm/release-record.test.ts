import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {describe, expect, test} from 'vitest';
import {decodeManifest, decodeRelease, lightRevision} from '../../source/helm/release-record.ts';

const record = (line: string) => readFileSync(join(import.meta.dirname, `records/helm-${line}.txt`), 'utf8').trim();
const base64 = (data: Uint8Array | string) => Buffer.from(data).toString('base64');
const encode = (content: unknown) => base64(base64(gzipSync(JSON.stringify(content))));

describe('a record', () => {
  test.each([
    ['3.18', 's-helm', 'superseded', {}],
    ['4.1', 's-helm4', 'deployed', {applyMethod: 'ssa'}],
  ])('that helm %s made', (line, release, status, method) => {
    expect(decodeRelease(`sh.helm.release.v1.${release}.v1`, record(line))).toEqual({
      revision: {
        revision: 1,
        status,
        updatedAt: expect.stringMatching(/^2026-11-23T19:31:\d\d\.\d{3}Z$/),
        chartName: 'postgresql',
        chartVersion: '16.7.26',
        appVersion: '17.6.0',
        description: 'Install complete',
        ...method,
      },
      values: {},
    });
    expect(decodeManifest('x', record(line))).toContain(`name: "${release}-primary"`);
  });

  test('gives its values and nothing of the chart, the notes or the manifest', () => {
    const opened = decodeRelease(
      's',
      encode({
        version: 7,
        config: {primary: {x: 1}},
        manifest: 'MANIFEST',
        info: {status: 'deployed', notes: 'NOTES'},
        chart: {metadata: {name: 'postgresql'}, values: {a: 'CHART'}},
      }),
    );
    expect(opened.values).toEqual({primary: {x: 1}});
    expect(opened.revision).toMatchObject({revision: 7, status: 'deployed', updatedAt: null});
    expect(JSON.stringify(opened)).not.toMatch(/MANIFEST|NOTES|CHART/);
  });

  test('without gzip, as the first helm 3 wrote it', () => {
    expect(decodeRelease('s', base64(base64('{"version":2}'))).revision.revision).toBe(2);
  });

  test('a status that a later helm may have is unknown', () => {
    expect(decodeRelease('s', encode({version: 1, info: {status: 'simmering'}})).revision.status).toBe('unknown');
  });

  const good = encode({version: 1, config: {password: 'hunter2'}});
  test.each([
    ['empty', ''],
    ['cut off', good.slice(0, 40)],
    ['not base64', '%%%'],
    ['not JSON', base64(base64(gzipSync('{"config":"hunter2')))],
    ['a list', encode([])],
    ['without a revision', encode({config: 'hunter2'})],
  ])('that is %s is named, and its content is not told', (_, data) => {
    let error: unknown;
    try {
      decodeRelease('sh.helm.release.v1.orders.v3', data);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({reason: {object: {kind: 'Secret', name: 'sh.helm.release.v1.orders.v3'}}});
    expect(String(error)).toMatch(
      /^UserError: Helm's record of orders, revision 3 \(Secret sh\.helm\.release\.v1\.orders\.v3\) cannot be read: it /,
    );
    expect(String(error)).not.toContain('hunter2');
  });

  test('that unpacks to a flood is refused', () => {
    const flood = base64(base64(gzipSync(Buffer.alloc(65 * 1024 * 1024))));
    expect(() => decodeRelease('s', flood)).toThrow(/cannot be unpacked/);
  });
});

describe('the labels of a record', () => {
  const untimed = {name: 's-helm', owner: 'helm', status: 'deployed', version: '4'};
  const labels = {...untimed, modifiedAt: '1795462273'};

  test('say revision, status and time', () => {
    expect(lightRevision({name: 'x', labels})).toMatchObject({
      revision: 4,
      status: 'deployed',
      updatedAt: '2026-11-23T19:31:13.000Z',
      chartVersion: '',
    });
  });

  test('without a time: when the Secret was made', () => {
    expect(lightRevision({name: 'x', labels: untimed, creationTimestamp: '2026-01-01T00:00:00Z'})?.updatedAt).toBe(
      '2026-01-01T00:00:00Z',
    );
  });

  test.each([{}, {...labels, owner: 'me'}, {...labels, version: 'four'}, {...labels, version: '0'}])(
    "that are not helm's: %j",
    (other) => {
      expect(lightRevision({name: 'x', labels: other})).toBeNull();
    },
  );
});
