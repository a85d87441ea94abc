// Whom the values let in, what a mesh adds to them, and how both live beside values of the operator's own.
import {describe, expect, it} from 'vitest';
import {at, type Values} from '../../../source/chart/tree.ts';
import {fromValues, toValues} from '../../../source/chart/values.ts';
import type {Parameters} from '../../../source/parameters/parameters.ts';
import {ordinary} from '../../support/arbitrary-parameters.ts';

const valuesOf = (changes: Partial<Parameters>) => toValues({...ordinary, ...changes}, {fullname: 'orders-postgresql'});
const both = (changes: Partial<Parameters>, ...path: readonly string[]) =>
  ['primary', 'readReplicas'].map((component) => at(valuesOf(changes), [component, ...path]));
const named = {
  namespaceSelector: {
    matchExpressions: [{key: 'kubernetes.io/metadata.name', operator: 'In', values: ['billing', 'shop']}],
  },
};
const own = {
  podSelector: {
    matchLabels: {'app.kubernetes.io/instance': '{{ .Release.Name }}', 'app.kubernetes.io/name': 'postgresql'},
  },
};
const allowNamespaces = ['billing', 'shop'];
const rules = (changes: Partial<Parameters>) => both(changes, 'networkPolicy');

describe('--allow-namespaces', () => {
  it('leaves the policies of the chart as they are where nobody is named', () => {
    expect(rules({})).toEqual([undefined, undefined]);
    expect(both({}, 'podAnnotations')).toEqual([undefined, undefined]);
  });

  it('lets in the named namespaces, at the port of the database, for writer and readers alike', () => {
    const policy = {allowExternal: false, extraIngress: [{ports: [{port: 5432}], from: [named]}]};
    expect(rules({allowNamespaces})).toEqual([policy, policy]);
    expect(both({allowNamespaces}, 'service', 'externalTrafficPolicy')).toEqual([undefined, undefined]);
  });

  it('lets in the ranges of the load balancer, which has to pass on whose they are', () => {
    const outside: Partial<Parameters> = {
      allowNamespaces,
      exposure: 'load-balancer',
      allowFrom: {kind: 'cidrs', cidrs: ['192.0.2.0/24', '2001:db8::/32']},
    };
    const [policy] = rules(outside);
    expect(at(policy, ['extraIngress'])).toEqual([
      {ports: [{port: 5432}], from: [named]},
      {ports: [{port: 5432}], from: [{ipBlock: {cidr: '192.0.2.0/24'}}, {ipBlock: {cidr: '2001:db8::/32'}}]},
    ]);
    expect(both(outside, 'service', 'externalTrafficPolicy')).toEqual(['Local', 'Local']);
    expect(both({...outside, allowNamespaces: null}, 'service', 'externalTrafficPolicy')).toEqual([
      undefined,
      undefined,
    ]);
  });

  it.each([
    ['writer', 'load-balancer', 'cluster', [true, false]],
    ['readers', 'cluster', 'load-balancer', [false, true]],
  ] as const)('lets the ranges in where the load balancer is: of the %s alone', (_who, exposure, own, has) => {
    const wanted: Parameters = {
      ...ordinary,
      allowNamespaces,
      exposure,
      readers: {exposure: own},
      allowFrom: {kind: 'cidrs', cidrs: ['192.0.2.0/24']},
    };
    const ranges = rules(wanted).map((policy) => JSON.stringify(policy).includes('192.0.2.0/24'));
    expect(ranges).toEqual(has);
    const policies = both(wanted, 'service', 'externalTrafficPolicy').map((policy) => policy === 'Local');
    expect(policies).toEqual(has);
    expect(rules(wanted).map((policy) => at(policy, ['allowExternal']))).toEqual([false, false]);
    expect(fromValues(toValues(wanted, {fullname: 'orders-postgresql'}))).toEqual(wanted);
  });

  it("leaves the port of Linkerd's proxy open to the same, and to the pods of the release", () => {
    const [policy] = rules({allowNamespaces, serviceMesh: 'linkerd'});
    expect(at(policy, ['extraIngress'])).toEqual([
      {ports: [{port: 5432}, {port: 4143}], from: [named]},
      {ports: [{port: 4143}], from: [own]},
    ]);
    expect(rules({serviceMesh: 'linkerd'})[0]).toEqual({extraIngress: [{ports: [{port: 4143}]}]});
    expect(rules({serviceMesh: 'istio'})).toEqual([undefined, undefined]);
  });

  it('has the exporters reached from the same namespaces, where there are any', () => {
    const ports = (metrics: Parameters['metrics']) =>
      at((at(rules({allowNamespaces, metrics})[1], ['extraIngress']) as unknown[])[0], ['ports']);
    expect(ports('exporter')).toEqual([{port: 5432}, {port: 9187}]);
    expect(ports('off')).toEqual([{port: 5432}]);
    expect(rules({metrics: 'service-monitor'})).toEqual([undefined, undefined]);
  });

  it.each([
    [['billing', 'shop'], ['monitoring:metrics']],
    [[], ['monitoring:metrics', 'watch:metrics']],
  ])('has the exporters alone reached from those that are named for metrics: %j and %j', (clients, scrapers) => {
    const all = [...clients, ...scrapers].sort();
    const values = scrapers.map((one) => one.replace(':metrics', ''));
    const scraped = {
      namespaceSelector: {matchExpressions: [{key: 'kubernetes.io/metadata.name', operator: 'In', values}]},
    };
    const admitted = {ports: [{port: 9187}], from: [scraped]};
    expect(rules({allowNamespaces: all})[0]).toEqual({
      allowExternal: false,
      extraIngress: [...(clients.length === 0 ? [] : [{ports: [{port: 5432}], from: [named]}]), admitted],
    });
    // The port of Linkerd's proxy leads to the database as well.
    expect(at(rules({allowNamespaces: all, serviceMesh: 'linkerd'})[0], ['extraIngress'])).toContainEqual(admitted);
    expect(fromValues(valuesOf({allowNamespaces: all}))).toEqual({...ordinary, allowNamespaces: all});
  });

  const mine = {ports: [{port: 5432}], from: [{podSelector: {matchLabels: {role: 'probe'}}}]};
  it("keeps the operator's own rules beside its own, and gives them back as theirs alone", () => {
    const extraValues = {primary: {networkPolicy: {extraIngress: [mine]}}};
    const wanted = {...ordinary, allowNamespaces, extraValues};
    const values = toValues(wanted, {fullname: 'orders-postgresql'});
    expect(at(values, ['primary', 'networkPolicy', 'extraIngress'])).toEqual([
      {ports: [{port: 5432}], from: [named]},
      mine,
    ]);
    expect(fromValues(values)).toEqual(wanted);
    expect(fromValues(valuesOf({extraValues}))).toEqual({...ordinary, extraValues});
  });

  it.each([
    {networkPolicy: {allowExternal: false}},
    {networkPolicy: {allowExternal: false, extraIngress: [mine]}},
    {networkPolicy: {extraIngress: [{ports: [{port: 5432}], from: [named]}]}},
    {networkPolicy: {allowExternal: false, ingressNSMatchLabels: {team: 'a'}}},
  ])('leaves a release with policies of its own making as it is: %j', (primary) => {
    const wanted = {...ordinary, extraValues: {primary}};
    expect(fromValues(toValues(wanted, {fullname: 'orders-postgresql'}))).toEqual(wanted);
  });

  it.each([{enabled: false}, {allowExternal: true}])('refuses what contradicts it: %j', (networkPolicy) => {
    const [key = ''] = Object.keys(networkPolicy);
    const extraValues = {primary: {networkPolicy}};
    expect(() => valuesOf({allowNamespaces, extraValues})).toThrow(
      `primary.networkPolicy.${key} of the extra values contradicts --allow-namespaces`,
    );
    expect(() => valuesOf({extraValues})).not.toThrow();
  });
});

describe('--service-mesh', () => {
  it('istio: asks for the proxy, which starts first; beside the job of a backup it ends with it', () => {
    const istio = {serviceMesh: 'istio'} as const;
    expect(both(istio, 'podLabels')[1]).toEqual({'sidecar.istio.io/inject': 'true'});
    expect(both(istio, 'podAnnotations')[1]).toEqual({
      'proxy.istio.io/config': 'holdApplicationUntilProxyStarts: true',
    });
    // Istio's STRICT takes nothing from a pod without a proxy.
    expect(at(valuesOf(istio), ['backup', 'cronjob'])).toEqual({
      labels: {'sidecar.istio.io/inject': 'true'},
      annotations: {
        'sidecar.istio.io/nativeSidecar': 'true',
        'proxy.istio.io/config': 'holdApplicationUntilProxyStarts: true',
      },
      networkPolicy: {enabled: false},
    });
  });

  it('linkerd: asks for the proxy, and has the port carried as it is on pods and Services', () => {
    const linkerd = {serviceMesh: 'linkerd', hostname: 'db.example.com'} as const;
    const opaque = {'config.linkerd.io/opaque-ports': '5432'};
    expect(both(linkerd, 'podAnnotations')[0]).toEqual({'linkerd.io/inject': 'enabled', ...opaque});
    expect(both(linkerd, 'service', 'annotations')[0]).toMatchObject(opaque);
    expect(both(linkerd, 'service', 'headless')[0]).toEqual({annotations: opaque});
    expect(at(valuesOf(linkerd), ['backup', 'cronjob'])).toEqual({
      annotations: {
        'linkerd.io/inject': 'enabled',
        'config.beta.linkerd.io/proxy-enable-native-sidecar': 'true',
        'config.alpha.linkerd.io/proxy-enable-native-sidecar': 'true',
        'config.linkerd.io/proxy-admin-shutdown': 'enabled',
      },
      networkPolicy: {enabled: false},
    });
  });

  it.each(['istio', 'linkerd'] as const)('%s: the script of a backup is told whose proxy ends with it', (mesh) => {
    const backup = {schedule: '0 3 * * *', size: '8Gi', keep: 7};
    const commandOf = (values: Values) => at(values, ['backup', 'cronjob', 'command']) as readonly string[];
    const values = valuesOf({serviceMesh: mesh, backup});
    expect(commandOf(values).at(-1)).toBe(mesh);
    expect(commandOf(values)[2]).toContain('end_proxy "$mesh"');
    expect(commandOf(valuesOf({backup})).at(-1)).toBe(ordinary.database);
    expect(fromValues(values)).toEqual({...ordinary, serviceMesh: mesh, backup});
  });

  it.each([
    ['istio', {labels: {'sidecar.istio.io/inject': 'false'}}],
    ['linkerd', {annotations: {'linkerd.io/inject': 'disabled'}}],
  ] as const)(
    '%s: a release whose backups have no proxy yet is read, and gets it with its next change',
    (mesh, was) => {
      const now = valuesOf({serviceMesh: mesh});
      const read = fromValues({...now, backup: {cronjob: was}});
      expect(read).toEqual({...ordinary, serviceMesh: mesh});
      expect(read && toValues(read, {fullname: 'orders-postgresql'})).toEqual(now);
    },
  );

  it.each([
    {primary: {podAnnotations: {'linkerd.io/inject': 'enabled'}}},
    {primary: {podLabels: {'sidecar.istio.io/inject': 'true'}}},
  ])("leaves what is part of a mesh by the operator's own values as it is: %j", (extraValues) => {
    const wanted = {...ordinary, extraValues};
    expect(fromValues(toValues(wanted, {fullname: 'orders-postgresql'}))).toEqual(wanted);
  });

  it('refuses values that say something else', () => {
    const extraValues = {primary: {podAnnotations: {'config.linkerd.io/opaque-ports': '5432,9187'}}};
    expect(() => valuesOf({serviceMesh: 'linkerd', extraValues})).toThrow('contradicts --service-mesh');
    expect(() => valuesOf({serviceMesh: 'istio', extraValues})).not.toThrow();
  });
});
