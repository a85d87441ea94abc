import {createPrivateKey, X509Certificate} from 'node:crypto';
import {createServer, get} from 'node:https';
import type {AddressInfo} from 'node:net';
import {describe, expect, test} from 'vitest';
import {createTls} from '../../../source/api/new-certificate.ts';
import {decodeProtobuf} from '../../../source/api/protobuf.ts';
import {SeededFaults} from '../../../source/api/request-faults.ts';
import {placeOf} from '../../../source/api/routing.ts';
import {decode} from '../../../source/api/schema/decode.ts';
import {canonicalQuantity} from '../../../source/api/schema/quantity.ts';
import {typeNamed} from '../../../source/api/schema/schema.ts';
import {labelSelector} from '../../../source/api/selectors.ts';
import {humanDuration} from '../../../source/api/tables/ages.ts';

test.each([
  ['a=1', {a: '1'}, true],
  ['a==1,b!=2', {a: '1', b: '3'}, true],
  ['b!=2', {}, true],
  ['a in (1, 2),b', {a: '2', b: ''}, true],
  ['a notin (1,2)', {a: '1'}, false],
  ['a notin (1,2)', {}, true],
  ['!a', {a: ''}, false],
  ['!a', {}, true],
  ['app.kubernetes.io/name=x', {'app.kubernetes.io/name': 'x'}, true],
])('the label selector %s of %o', (text, labels, matches) => {
  expect(labelSelector(text)(labels)).toBe(matches);
});

test.each([
  ['1000m', '1'],
  ['0.5', '500m'],
  ['1024Mi', '1Gi'],
  ['1500Mi', '1500Mi'],
  ['0.1', '100m'],
  ['1e3', '1k'],
  ['0', '0'],
  ['512', '512'],
  ['1.5Gi', '1536Mi'],
  ['many', null],
])('the quantity %s is kept as %s', (text, kept) => {
  expect(canonicalQuantity(text)).toBe(kept);
});

test.each([
  [5_000, '5s'],
  [119_000, '119s'],
  [200_000, '3m20s'],
  [3_600_000, '60m'],
  [4 * 3_600_000, '4h'],
  [50 * 3_600_000, '2d2h'],
])('%d ms are %s', (ms, text) => {
  expect(humanDuration(ms)).toBe(text);
});

test.each([
  ['/api/v1/namespaces', ['Namespace', null, null, '']],
  ['/api/v1/namespaces/a', ['Namespace', null, 'a', '']],
  ['/api/v1/namespaces/a/status', ['Namespace', null, 'a', 'status']],
  ['/api/v1/pods', ['Pod', null, null, '']],
  ['/api/v1/namespaces/a/pods/b/log', ['Pod', 'a', 'b', 'log']],
  ['/apis/apps/v1/namespaces/a/statefulsets/b/scale', ['StatefulSet', 'a', 'b', 'scale']],
  ['/apis/storage.k8s.io/v1/storageclasses/x', ['StorageClass', null, 'x', '']],
  ['/api/v1/pods/b', null],
  ['/api/v1/namespaces/a/nodes', null],
  ['/apis/apps/v1/deployments', null],
])('the path %s', (path, wanted) => {
  const place = placeOf(path);
  expect(place && [place.kind.kind, place.namespace, place.name, place.subresource]).toEqual(wanted);
});

describe('decoding', () => {
  const statefulSet = typeNamed('StatefulSet');

  test('drops nulls and names what it does not know', () => {
    const {value, unknown} = decode(
      statefulSet,
      {metadata: {creationTimestamp: null}, spec: {foo: 1, template: {spec: {containers: [{name: 'a', bar: 2}]}}}},
      'StatefulSet',
    );
    expect(value).toEqual({metadata: {}, spec: {template: {spec: {containers: [{name: 'a'}]}}}});
    expect(unknown).toEqual(['spec.foo', 'spec.template.spec.containers[0].bar']);
  });

  test('refuses another type in the words of Go', () => {
    expect(() => decode(statefulSet, {spec: {replicas: 'x'}}, 'StatefulSet')).toThrow(
      'StatefulSet in version "v1" cannot be handled as a StatefulSet: json: cannot unmarshal string into Go ' +
        'struct field StatefulSetSpec.spec.replicas of type int32',
    );
  });
});

test('a Secret in protobuf is read', () => {
  const text = (number: number, value: Buffer | string) =>
    Buffer.concat([Buffer.from([(number << 3) | 2, Buffer.byteLength(value)]), Buffer.from(value)]);
  const metadata = Buffer.concat([text(1, 'name'), text(11, Buffer.concat([text(1, 'owner'), text(2, 'helm')]))]);
  const secret = Buffer.concat([
    text(1, metadata),
    text(2, Buffer.concat([text(1, 'release'), text(2, 'abc')])),
    text(3, 'helm.sh/release.v1'),
    Buffer.from([0x28, 1]),
  ]);
  const body = Buffer.concat([
    Buffer.from('k8s\0'),
    text(1, Buffer.concat([text(1, 'v1'), text(2, 'Secret')])),
    text(2, secret),
  ]);
  expect(decodeProtobuf(body)).toEqual({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {name: 'name', labels: {owner: 'helm'}},
    data: {release: Buffer.from('abc').toString('base64')},
    type: 'helm.sh/release.v1',
    immutable: true,
  });
  expect(decodeProtobuf(Buffer.from('{}'))).toBeNull();
});

test('the certificate is one for 127.0.0.1 that TLS accepts', async () => {
  const tls = await createTls();
  const server = createServer(tls, (_request, answer) => answer.end('heard'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const text = await new Promise((resolve, reject) => {
      get({host: '127.0.0.1', port: (server.address() as AddressInfo).port, ca: tls.cert}, (answer) =>
        answer.on('data', (data) => resolve(String(data))),
      ).on('error', reject);
    });
    expect(text).toBe('heard');
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test('the certificate is valid for ten years, in a key that everybody takes', async () => {
  const now = new Date('2026-11-28T12:00:00Z');
  const {cert, key} = await createTls(now);
  const read = new X509Certificate(cert);
  expect(read).toMatchObject({
    ca: true,
    subject: 'CN=pg-helm-install sandbox',
    subjectAltName: 'IP Address:127.0.0.1, DNS:localhost',
    keyUsage: ['1.3.6.1.5.5.7.3.1'],
    validFrom: 'Nov 28 11:00:00 2026 GMT',
    validTo: 'Nov 25 12:00:00 2036 GMT',
  });
  expect(read.publicKey.asymmetricKeyDetails).toEqual({namedCurve: 'prime256v1'});
  expect(read.checkPrivateKey(createPrivateKey(key))).toBe(true);
  expect(read.verify(read.publicKey)).toBe(true);
});

describe('faults', () => {
  const codes = (seed: number) => {
    const faults = new SeededFaults(seed);
    faults.errorPercent = 30;
    return Array.from({length: 200}, () => faults.next({method: 'GET', path: '/api'}).error?.code ?? 200);
  };

  test('are the same for the same seed', () => {
    expect(codes(7)).toEqual(codes(7));
    expect(codes(7)).not.toEqual(codes(8));
  });

  test('of changes alone leave questions alone, those too that are sent by POST', () => {
    const faults = new SeededFaults(1);
    faults.changeErrorPercent = 100;
    const fails = (method: string, path: string) => faults.next({method, path}).error !== null;
    expect(fails('PATCH', '/apis/apps/v1/namespaces/a/statefulsets/b')).toBe(true);
    expect(fails('POST', '/api/v1/namespaces/a/secrets')).toBe(true);
    expect(fails('GET', '/api/v1/namespaces/a/secrets')).toBe(false);
    expect(fails('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews')).toBe(false);
    expect(fails('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews')).toBe(false);
  });

  test('are of three kinds, and about as many as asked', () => {
    const failed = codes(1).filter((code) => code !== 200);
    expect(new Set(failed)).toEqual(new Set([500, 503, 429]));
    expect(failed.length).toBeGreaterThan(30);
    expect(failed.length).toBeLessThan(90);
  });
});
