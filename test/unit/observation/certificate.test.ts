// What is said of a certificate: before an install or a change, in a plan, and of a release that runs.
import {readFileSync} from 'node:fs';
import {describe, expect, it} from 'vitest';
import {certificateNames} from '../../../source/chart/certificate-names.ts';
import {certificate as check} from '../../../source/observation/checks/certificate.ts';
import {renewedFolder} from '../../../source/chart/parameters/tls.ts';
import {
  certificateAnnotation,
  isCertificateInUse,
  podsBehind,
  podsToReload,
  uncoveredNames,
} from '../../../source/observation/certificate.ts';
import {certificateWarnings, tlsOf} from '../../../source/observation/certificate-warnings.ts';
import type {ReadableCertificate, ServerCertificate} from '../../../source/observation/server-certificate.ts';
import type {Snapshot} from '../../../source/observation/snapshot.ts';
import {certificateSteps} from '../../../source/operations/steps/certificate-steps.ts';
import type {Parameters} from '../../../source/parameters/parameters.ts';
import {certificateConsequences} from '../../../source/plan/certificate.ts';
import {goodSurvey, parametersWith} from '../../support/fakes/survey.ts';

const dayMs = 86_400_000;
const healthy = JSON.parse(readFileSync(new URL('../../snapshots/healthy.json', import.meta.url), 'utf8')) as Snapshot;
const now = healthy.takenAt;
const scope = {...healthy.target, hostname: null, addresses: []};
const good: ReadableCertificate = {
  authority: 'PEM',
  notBefore: now - dayMs,
  notAfter: now + 365 * dayMs,
  fingerprint: 'AA:BB',
  names: certificateNames(scope),
};
const seen = (found: ServerCertificate['found'], more: Partial<ServerCertificate> = {}): ServerCertificate => ({
  secret: 'orders-postgresql-tls',
  ours: true,
  found,
  writtenAt: new Date(now).toISOString(),
  ...more,
});
const ownTls: Parameters['tls'] = {certificate: 'self-signed', required: true};
const givenTls: Parameters['tls'] = {certificate: 'secret:mine', required: false};

function findings(tls: Parameters['tls'], certificate: ServerCertificate | null) {
  const survey = goodSurvey({takenAt: now, certificate});
  const context = {
    parameters: parametersWith({tls}),
    target: survey.target,
    existing: null,
    chart: {source: '', version: ''},
  };
  return check(survey, context).map((one) =>
    one.severity === 'refuse' ? `${one.cause.code} ${one.cause.message}` : `${one.warning.code} ${one.warning.message}`,
  );
}

describe('before anything is changed', () => {
  it.each([
    ['missing', 'it does not exist'],
    ['lacks keys', 'tls.crt and tls.key'],
    ['unreadable', 'no certificate or key in PEM'],
    ['other key', 'not the key of its tls.crt'],
    [{...good, notAfter: now - 1}, 'ended on'],
    [{...good, notBefore: now + dayMs}, 'begins on'],
  ] as const)('a Secret of the operator that cannot be used is refused: %j', (found, words) => {
    expect(findings(givenTls, seen(found, {secret: 'mine', ours: false}))).toEqual([
      expect.stringMatching(new RegExp(`^CERTIFICATE_INVALID .*Secret mine.*${words}.*Nothing was changed`)),
    ]);
  });

  it('one that ends soon, or lacks names that are shown, is warned of', () => {
    const found = {...good, notAfter: now + 29.5 * dayMs, names: {dns: ['*.other.example'], ips: []}};
    expect(findings(givenTls, seen(found, {secret: 'mine'}))).toEqual([
      expect.stringMatching(/^CERTIFICATE_EXPIRES .*in 29 days/),
      expect.stringMatching(/^CERTIFICATE_NAMES .*-primary\.\S+\.svc\.cluster\.local.*-read\./),
    ]);
  });

  it('a good one is not spoken of, and without TLS none is', () => {
    const names = certificateNames({...goodSurvey({}).target, hostname: null, addresses: []});
    expect(findings(givenTls, seen({...good, names}))).toEqual([]);
    expect(findings({certificate: 'off', required: false}, seen('missing'))).toEqual([]);
  });

  it("somebody else's Secret of the installer's name is refused; its own, or none, is not", () => {
    expect(findings(ownTls, seen(good, {ours: false}))).toEqual([expect.stringMatching(/^NAME_COLLISION /)]);
    expect(findings(ownTls, seen(good))).toEqual([]);
    expect(findings(ownTls, seen('missing', {ours: false}))).toEqual([]);
  });
});

it('a wildcard covers one label, and addresses are the same in each notation', () => {
  const covering = {...good, names: {dns: ['*.b.example'], ips: ['2001:db8:0:0:0:0:0:7']}};
  const wanted = {dns: ['a.b.example', 'a.a.b.example', 'b.example'], ips: ['2001:DB8::7', '10.0.0.1']};
  expect(uncoveredNames(covering, wanted)).toEqual(['a.a.b.example', 'b.example', '10.0.0.1']);
});

/** The recorded release with TLS: its pods are older than what the Secret holds, unless `more` says otherwise. */
function encrypted(
  certificate: ServerCertificate | null,
  more: {fingerprint?: string; createdAt?: number; isOfPlainHelm?: boolean} = {},
): Snapshot {
  const secret = {secretName: certificate?.secret ?? ''};
  const volumeMounts = more.isOfPlainHelm ? [] : [{name: 'postgresql-certificates', mountPath: renewedFolder}];
  return {
    ...healthy,
    certificate,
    pods: healthy.pods.map((pod) => ({
      ...pod,
      metadata: {
        ...pod.metadata,
        creationTimestamp: new Date(more.createdAt ?? now - dayMs).toISOString(),
        annotations: more.fingerprint === undefined ? {} : {[certificateAnnotation]: more.fingerprint},
      },
      spec: {
        ...pod.spec,
        volumes: [{name: 'raw-certificates', secret}],
        containers: pod.spec.containers.map((container) => ({...container, volumeMounts})),
      },
    })),
  };
}
const warnings = (snapshot: Snapshot, tls = ownTls) => certificateWarnings(snapshot, parametersWith({tls}));

describe('a release that runs', () => {
  it('has pods that are behind the Secret: those made earlier, and not given it since', () => {
    const all = healthy.pods.map(({metadata}) => metadata.name);
    expect(podsBehind(encrypted(seen(good))).map(({metadata}) => metadata.name)).toEqual(all);
    expect(podsBehind(encrypted(seen(good), {fingerprint: 'AA:BB'}))).toEqual([]);
    expect(podsBehind(encrypted(seen(good), {createdAt: now + 1000}))).toEqual([]);
    expect(podsBehind(encrypted(seen(good), {fingerprint: 'old', createdAt: now}))).toHaveLength(all.length);
  });

  it('gives its certificate to running pods that have the writable mount; others show theirs until a restart', () => {
    const {before, after} = certificateSteps(parametersWith({tls: givenTls}), healthy.target);
    const areDone = (snapshot: Snapshot) =>
      [before, after].map(([first]) => first?.done({...snapshot}, parametersWith({tls: givenTls})));
    const certificate = seen(good, {secret: 'mine', ours: false});
    const [plain, ours] = [encrypted(certificate, {isOfPlainHelm: true}), encrypted(certificate)];
    expect(podsBehind(plain)).toHaveLength(plain.pods.length);
    expect({toReload: podsToReload(plain), done: areDone(plain), warned: warnings(plain, givenTls)}).toEqual({
      toReload: [],
      done: [true, true],
      warned: [],
    });
    expect(podsToReload(ours)).toEqual(podsBehind(ours));
    expect(areDone(ours)).toEqual([false, false]);
    expect([plain, ours].map(isCertificateInUse)).toEqual([false, false]);
  });

  it.each([
    [seen({...good, notAfter: now + 29 * dayMs}), 'CERTIFICATE_EXPIRES', /in 29 days/],
    [seen({...good, notAfter: now - 1}), 'CERTIFICATE_EXPIRES', /ended on/],
    [seen({...good, names: {dns: [], ips: []}}), 'CERTIFICATE_NAMES', /-primary\..*svc\.cluster\.local/],
    [seen('missing'), 'CERTIFICATE_MISSING', /no pod starts without it/],
  ] as const)('is warned of with the command that helps: %j', (certificate, code, words) => {
    const [first, ...rest] = warnings(encrypted(certificate, {fingerprint: 'AA:BB'}));
    expect(rest).toEqual([]);
    expect(first).toMatchObject({code, message: expect.stringMatching(words)});
    expect(first?.message).toMatch(/pg-helm-install set \S+ .*--tls self-signed,required/);
  });

  it('is not warned of 30 days before the end, and says that pods are behind', () => {
    const certificate = seen({...good, notAfter: now + 30 * dayMs});
    expect(warnings(encrypted(certificate, {fingerprint: 'AA:BB'}))).toEqual([]);
    expect(warnings(encrypted(certificate)).map(({code}) => code)).toEqual(['CERTIFICATE_PENDING']);
  });

  it('tells clients where the authority is, and until when', () => {
    expect(tlsOf(encrypted(seen(good)), parametersWith({tls: ownTls}))).toEqual({
      certificate: 'self-signed',
      required: true,
      secret: 'orders-postgresql-tls',
      authorityKey: 'ca.crt',
      expiresAt: new Date(good.notAfter).toISOString(),
    });
    expect(tlsOf(healthy, parametersWith())).toBeNull();
  });
});

describe('a plan', () => {
  const facts = (snapshot: Snapshot, is: Parameters['tls'], will: Parameters['tls']) =>
    certificateConsequences({
      before: snapshot,
      readersBefore: 2,
      desired: parametersWith({tls: will}),
      existing: parametersWith({tls: is}),
      podUpdates: [],
      order: 'readers first',
      movesRole: false,
      preface: [],
      deleteVolumes: false,
      retained: [],
      stale: [],
      certificate: snapshot.certificate ?? null,
      applied: true,
    }).map(({code, sentence}) => `${code} ${sentence}`);
  const off: Parameters['tls'] = {certificate: 'off', required: false};

  it.each([
    ['nothing to do', encrypted(seen(good), {fingerprint: 'AA:BB'}), ownTls, ownTls, []],
    [
      'switched on',
      encrypted(seen('missing')),
      off,
      ownTls,
      [
        /^ENDPOINT_CHANGE Clients that ask for TLS get it\. Clients without TLS are refused/,
        /^CERTIFICATE_RENEW .*made/,
      ],
    ],
    ['switched off', encrypted(null), ownTls, off, [/^ENDPOINT_CHANGE TLS is switched off/]],
    [
      'not required any more',
      encrypted(seen(good), {fingerprint: 'AA:BB'}),
      ownTls,
      {...ownTls, required: false},
      [/^ENDPOINT_CHANGE Clients without TLS are let in again\.$/],
    ],
    [
      'renewed',
      encrypted(seen({...good, notAfter: now + dayMs}), {fingerprint: 'AA:BB'}),
      ownTls,
      ownTls,
      [/^CERTIFICATE_RENEW .*30 days.*Nothing restarts/],
    ],
    ['not given to pods of plain helm', encrypted(seen(good), {isOfPlainHelm: true}), ownTls, ownTls, []],
    ['given to the pods', encrypted(seen(good)), ownTls, ownTls, [/^CERTIFICATE_RENEW .*-primary-0.*Nothing restarts/]],
  ] as const)('%s', (_name, snapshot, is, will, sentences) => {
    expect(facts(snapshot, is, will)).toEqual(sentences.map((words) => expect.stringMatching(words) as unknown));
  });
});
