// The Secret of a release by other tools: what names it, without a password.
import {expect, it} from 'vitest';
import {parse} from 'yaml';
import {secretFile, secretTools} from '../../../source/export/secret-files.ts';
import {shellWords} from '../../support/shell-words.ts';

const orders = {release: 'orders', namespace: 'team-a', fullname: 'orders-postgresql'};

it('an ExternalSecret has every key that the release needs, from the place that is its own', () => {
  const {name, text} = secretFile('external-secrets', orders);
  expect(name).toBe('orders-postgresql-auth-external-secrets.yaml');
  expect(parse(text)).toMatchObject({
    kind: 'ExternalSecret',
    metadata: {name: 'orders-postgresql-auth', namespace: 'team-a'},
    spec: {target: {name: 'orders-postgresql-auth', creationPolicy: 'Merge', deletionPolicy: 'Retain'}},
  });
  const {spec} = parse(text) as {spec: {data: {secretKey: string; remoteRef: object}[]}};
  expect(spec.data.map(({secretKey}) => secretKey)).toEqual(['postgres-password', 'password', 'replication-password']);
  expect(spec.data[0]?.remoteRef).toEqual({key: 'team-a/orders', property: 'postgres-password'});
});

it.each(secretTools)('%s: of a Secret that was given its own name and keys', (tool) => {
  const keys = {admin: 'root', user: 'root', replication: 'stream'};
  const given = {fullnameOverride: 'orders-postgresql', secret: {name: 'shop-db', keys}};
  const {name, text} = secretFile(tool, {...orders, given});
  expect(name).toBe(`shop-db-${tool}.yaml`);
  expect(text).toContain('shop-db');
  expect(text).not.toContain('orders-postgresql-auth');
});

it('sealing is two commands that a shell takes as they stand', () => {
  const [, ...lines] = secretFile('sealed-secrets', orders)
    .text.split('\n')
    .map((line) => line.replace(/^# /, ''));
  const commands = lines.filter((line) => line.startsWith('kubectl'));
  expect(commands).toHaveLength(2);
  expect(commands[0] && shellWords(commands[0])).toEqual([
    ...['kubectl', 'annotate', 'secret', 'orders-postgresql-auth'],
    'sealedsecrets.bitnami.com/patch=true',
    'sealedsecrets.bitnami.com/skip-set-owner-references=true',
    ...['-n', 'team-a'],
  ]);
  expect(commands[1]).toMatch(/get secret orders-postgresql-auth -o .*go-template=.* \| kubeseal --format yaml > \S+$/);
});
