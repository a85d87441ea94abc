// The certificates of a release: made by us, shown to a real TLS client.
import {once} from 'node:events';
import type {AddressInfo} from 'node:net';
import {connect, createServer} from 'node:tls';
import {beforeAll, expect, it} from 'vitest';
import {certificateNames} from '../../../source/chart/certificate-names.ts';
import {uncoveredNames} from '../../../source/observation/certificate.ts';
import {createAuthority, createServerCertificate} from '../../../source/cluster/create-certificate.ts';
import {readPair, type KeyPair} from '../../../source/cluster/server-certificate.ts';

const now = Date.now();
const scope = {fullname: 'orders-postgresql', namespace: 'team-a', hostname: 'db.example.com', addresses: []};
const names = certificateNames({...scope, addresses: ['203.0.113.7', 'a1b2.elb.example', '2001:db8::7']});
let authority: KeyPair;
let server: KeyPair;
beforeAll(async () => {
  authority = await createAuthority('orders-postgresql CA', now);
  server = await createServerCertificate(scope.fullname, names, authority, now);
});

/** The error of a client that verifies name and certificate; null: it is connected. */
async function verified(servername: string, ca: string): Promise<string | null> {
  const listening = createServer({key: server.key, cert: server.certificate});
  listening.on('tlsClientError', () => undefined);
  listening.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const socket = connect({host: '127.0.0.1', port: (listening.address() as AddressInfo).port, servername, ca});
  try {
    await once(socket, 'secureConnect');
    return null;
  } catch (error) {
    return (error as {code?: string}).code ?? String(error);
  } finally {
    socket.destroy();
    listening.close();
  }
}

it.each([
  'orders-postgresql-primary',
  'orders-postgresql-read.team-a',
  'orders-postgresql-read.team-a.svc.cluster.local',
  'orders-postgresql-primary-0.orders-postgresql-primary-hl.team-a.svc.cluster.local',
  'db.example.com',
  'reader-db.example.com',
  'a1b2.elb.example',
  'localhost',
])('a client that verifies takes it as %s', async (name) => {
  expect(await verified(name, authority.certificate)).toBeNull();
});

it('a client that verifies refuses another name, and another authority of the same name', async () => {
  expect(await verified('db.example.org', authority.certificate)).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
  const other = await createAuthority('orders-postgresql CA', now);
  expect(await verified('localhost', other.certificate)).not.toBeNull();
});

it('a new certificate of the same authority is trusted by who has the authority', async () => {
  const before = server;
  server = await createServerCertificate(scope.fullname, names, authority, now);
  expect(server.certificate).not.toBe(before.certificate);
  expect(await verified('db.example.com', authority.certificate)).toBeNull();
});

it('says until when it is valid, and which names it does not cover', () => {
  const {dns, ips} = names;
  const read = readPair(server);
  if (typeof read === 'string') throw new Error(read);
  const more = {dns: [...dns, 'new.example.com'], ips: [...ips, '203.0.113.8', '2001:DB8:0::7']};
  expect(uncoveredNames({...read, authority: null}, more)).toEqual(['new.example.com', '203.0.113.8']);
  expect(Math.round((read.notAfter - now) / 86_400_000)).toBe(365);
});

it('tells a key of another certificate, and what is no certificate, without repeating any of it', () => {
  expect(readPair({...server, key: authority.key})).toBe('other key');
  expect(readPair({key: 'canary', certificate: 'canary'})).toBe('unreadable');
});
