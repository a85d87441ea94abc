// Any parameters that an operator could end up with, for properties.
import fc from 'fast-check';
import {checkExtraValues} from '../../source/chart/owned.ts';
import {tagOfSourceProblem} from '../../source/parameters/image-source.ts';
import {allowedNamespaces} from '../../source/parameters/descriptors/allow-namespaces.ts';
import {isEverybody} from '../../source/parameters/network.ts';
import {ownSettingsIn} from '../../source/parameters/descriptors/extra-values.ts';
import type {ReaderPart} from '../../source/parameters/descriptors/readers.ts';
import type {AllowFrom, Images, Parameters} from '../../source/parameters/parameters.ts';

const name = fc
  .stringMatching(/^[a-oq-z][a-z0-9_]{0,20}$/)
  .filter((text) => text !== 'none' && !text.startsWith('template'));
const objectName = fc.stringMatching(/^[a-z]([a-z0-9]{0,8}-?[a-z0-9]{1,4})$/);
const byte = fc.integer({min: 0, max: 255});
const cidr = fc.oneof(
  fc.tuple(byte, byte).map(([a, b]) => `${a}.${b}.0.0/16`),
  fc.tuple(byte, byte).map(([a, b]) => `10.0.${a}.${b}/32`),
  byte.map((a) => `fd${a.toString(16).padStart(2, '0')}::/16`),
  fc.constant('::/0'),
);
const images: fc.Arbitrary<Images> = fc
  .record({
    source: fc.constantFrom<Images['source'][]>(
      'official',
      'bitnamilegacy',
      'bitnamisecure',
      'image:registry.example.com/library/postgres',
      'image:localhost:5000/a/postgresql',
      'mirror:registry.example.com',
      'mirror:localhost:5000/a/postgresql',
      'mirror:10.0.0.1:5000/x',
    ),
    tag: fc.constantFrom('17.12-bookworm', '17.6.0-debian-12-r0', '17.6.0-debian-12-r4', '17'),
    digest: fc.option(fc.stringMatching(/^[0-9a-f]{64}$/).map((hex) => `sha256:${hex}`)),
    pullSecret: fc.option(objectName),
  })
  .filter(({source, tag}) => tagOfSourceProblem(source, tag) === null);
const tls: fc.Arbitrary<Parameters['tls']> = fc.oneof(
  fc.constant({certificate: 'off' as const, required: false}),
  fc.record({
    certificate: fc.oneof(
      fc.constant('self-signed' as const),
      objectName.map((secret) => `secret:${secret}` as const),
    ),
    required: fc.boolean(),
  }),
);
const tolerations: fc.Arbitrary<Parameters['tolerations']> = fc.subarray([
  {key: 'example.com/pool', operator: 'Equal', value: 'a.b', effect: 'NoExecute'},
  {key: 'sku', operator: 'Exists', effect: 'PreferNoSchedule'},
  {key: 'sku', operator: 'Equal', value: '', effect: 'NoSchedule'},
  {key: 'sku', operator: 'Equal', value: 'database', effect: 'NoSchedule'},
]);
const backup: fc.Arbitrary<Parameters['backup']> = fc.oneof(
  fc.constant({schedule: null, size: '8Gi', keep: 7}),
  fc.record({
    schedule: fc.constantFrom('0 3 * * *', '@hourly', '*/15 1-5 * jan sun'),
    size: fc.constantFrom('1Gi', '8Gi', '1.5Ti'),
    keep: fc.integer({min: 1, max: 365}),
  }),
);
const exposed: fc.Arbitrary<Pick<Parameters, 'exposure' | 'allowFrom'>> = fc.oneof(
  fc.record({
    exposure: fc.constantFrom('cluster' as const, 'node-port' as const),
    allowFrom: fc.constant<AllowFrom>({kind: 'none'}),
  }),
  fc.record({
    exposure: fc.constant('load-balancer' as const),
    allowFrom: fc.oneof(
      fc.array(cidr, {minLength: 1, maxLength: 3}).map((cidrs): AllowFrom => ({kind: 'cidrs', cidrs})),
      fc
        .constantFrom('aws' as const, 'azure' as const, 'gcp' as const)
        .map((cloud): AllowFrom => ({kind: 'internal', cloud})),
      fc.constant<AllowFrom>({kind: 'public'}),
    ),
  }),
);

/** Chart values that may be given, some of them next to those that the installer owns. */
export const extraValues: fc.Arbitrary<Parameters['extraValues']> = fc
  .record(
    {
      commonLabels: fc.dictionary(fc.stringMatching(/^[a-z.]{1,10}$/), fc.string()),
      audit: fc.jsonValue({maxDepth: 2}),
      primary: fc.record(
        {
          pdb: fc.record({create: fc.boolean()}),
          service: fc.record({annotations: fc.record({'example.com/a.b': fc.string()})}),
          persistence: fc.record({accessModes: fc.array(fc.constantFrom('ReadWriteOnce', 'ReadWriteOncePod'))}),
          tolerations: fc.array(
            fc.oneof(
              fc.record({key: fc.string()}),
              fc.constant({key: 'sku', operator: 'Equal', value: 'database', effect: 'NoSchedule'}),
            ),
            {minLength: 1, maxLength: 2},
          ),
          extendedConfiguration: fc.string(),
        },
        {requiredKeys: ['pdb']},
      ),
      metrics: fc.record({enabled: fc.boolean()}),
    },
    {requiredKeys: []},
  )
  // JSON has no −0, and what a record generates has no prototype.
  .map((values) => JSON.parse(JSON.stringify(values)) as Parameters['extraValues'])
  .filter((values) => {
    try {
      checkExtraValues(values);
      return true;
    } catch {
      return false;
    }
  });

const text = fc.string({maxLength: 12}).filter((one) => !/\{\{|[\0-\x1f\x7f]/.test(one));
const settings: fc.Arbitrary<Parameters['postgresConfig']> = fc
  .record(
    {
      TimeZone: fc.constantFrom('UTC', 'Europe/Berlin'),
      log_line_prefix: text,
      max_connections: fc.integer({min: 1, max: 999}).map(String),
      'pgaudit.log': fc.constantFrom('none', 'read, write', "it's"),
      search_path: fc.constantFrom('"$user", public', 'a,b', ''),
      work_mem: fc.constantFrom('64kB', '4MB', '100'),
    },
    {requiredKeys: []},
  )
  .map((found) => Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1))));

/** Readers of their own size; a size that the writer has too is not their own. */
function withReaders<Rest extends Pick<Parameters, Exclude<ReaderPart, 'nodeSelector'>>>(
  rest: Rest,
): fc.Arbitrary<Rest & Pick<Parameters, 'readers'>> {
  const own = fc.record(
    {
      cpu: fc.constantFrom('100m', '2', '3500m'),
      memory: fc.constantFrom('384Mi', '4Gi'),
      cpuLimit: fc.constantFrom('5', '6500m', ...(rest.cpuLimit === null ? [] : ['none'])),
      storageSize: fc.constantFrom('3Gi', '30Gi'),
      instanceType: fc.constantFrom('r9.large', ...(rest.instanceType === 'any' ? [] : ['any'])),
      nodeSelector: fc.constantFrom('disk=hdd pool=readers', 'pool='),
      priorityClass: fc.constantFrom('low', ...(rest.priorityClass === null ? [] : ['none'])),
    },
    {requiredKeys: []},
  );
  const readers = fc.oneof(fc.constant({}), own).map((found) => JSON.parse(JSON.stringify(found)) as typeof found);
  const exposure = fc.constantFrom('same' as const, 'cluster' as const);
  return fc.tuple(readers, exposure).map(([sizes, reach]) => ({
    ...rest,
    readers: reach === 'same' || reach === rest.exposure ? sizes : {...sizes, exposure: reach},
  }));
}

/** Settings in the extra values leave no place for others. */
function withSettings(
  rest: Omit<Parameters, 'sizing' | 'postgresConfig' | 'synchronousReplicas'>,
): fc.Arbitrary<Pick<Parameters, 'sizing' | 'postgresConfig'>> {
  return ownSettingsIn(rest) === null
    ? fc.record({sizing: fc.constantFrom('auto' as const, 'off' as const), postgresConfig: settings})
    : fc.constant({sizing: 'off', postgresConfig: {}});
}

/** Where clients from outside are let in without named ranges, namespaces cannot be named either. */
function withNamespaces<Rest extends Pick<Parameters, 'exposure' | 'allowFrom'>>(
  rest: Rest,
): fc.Arbitrary<Rest & Pick<Parameters, 'allowNamespaces'>> {
  const {exposure, allowFrom} = rest;
  const isNamed = exposure === 'cluster' || (allowFrom.kind === 'cidrs' && !isEverybody(allowFrom.cidrs));
  const own = objectName.filter((word) => word !== 'all');
  const names = fc
    .record({clients: fc.uniqueArray(own, {maxLength: 3}), scrapers: fc.uniqueArray(own, {maxLength: 2})})
    .map(({clients, scrapers}) => allowedNamespaces(clients, scrapers))
    .filter((all) => all.length > 0);
  return (isNamed ? fc.option(names) : fc.constant(null)).map((allowNamespaces) => ({...rest, allowNamespaces}));
}

export const parameters: fc.Arbitrary<Parameters> = fc
  .record({
    username: name,
    database: name,
    instanceType: fc.constantFrom('any', 't3.medium', 'Standard_D2s_v3'),
    storageSize: fc.constantFrom('1Gi', '20Gi', '1.5Ti', '5e9', '2147483648'),
    readReplicaCount: fc.integer({min: 0, max: 15}),
    storageClass: fc.option(objectName),
    hostname: fc.option(fc.constantFrom('db.example.com', 'a-b.c.example')),
    serviceMesh: fc.constantFrom('none' as const, 'istio' as const, 'linkerd' as const),
    tls,
    metrics: fc.constantFrom('off' as const, 'exporter' as const, 'service-monitor' as const),
    cpu: fc.constantFrom('1', '500m', '0.25', '4'),
    memory: fc.constantFrom('256Mi', '512Mi', '2Gi', '1.5Gi', '1e9'),
    spread: fc.constantFrom('required' as const, 'preferred' as const),
    cpuLimit: fc.option(fc.constantFrom('4', '4500m', '8')),
    zoneSpread: fc.constantFrom('off' as const, 'preferred' as const, 'required' as const),
    nodeSelector: fc.constantFrom({}, {workload: 'database'}, {'example.com/pool': 'a.b', zone: 'x'}),
    tolerations,
    priorityClass: fc.option(objectName.filter((one) => one !== 'none')),
    images,
    backup,
    extraValues,
  })
  // An exporter in the extra values leaves no place for another.
  .map((rest) => ('metrics' in rest.extraValues ? {...rest, metrics: 'off' as const} : rest))
  .chain((rest) => exposed.map((how) => ({...rest, ...how})))
  .chain(withNamespaces)
  .chain(withReaders)
  .chain((rest) => withSettings(rest).map((how) => ({...rest, ...how})))
  .chain((rest) =>
    fc
      .integer({min: 0, max: ownSettingsIn(rest) === null ? Math.max(0, rest.readReplicaCount - 1) : 0})
      .map((synchronousReplicas) => ({...rest, synchronousReplicas})),
  );

/** An ordinary installation, to be changed in tests. */
export const ordinary: Parameters = {
  username: 'app',
  database: 'appdb',
  instanceType: 't3.medium',
  storageSize: '20Gi',
  readReplicaCount: 2,
  storageClass: 'gp3',
  exposure: 'cluster',
  allowFrom: {kind: 'none'},
  hostname: null,
  allowNamespaces: null,
  serviceMesh: 'none',
  tls: {certificate: 'off', required: false},
  metrics: 'off',
  synchronousReplicas: 0,
  cpu: '1',
  memory: '2Gi',
  spread: 'required',
  cpuLimit: null,
  readers: {},
  zoneSpread: 'off',
  nodeSelector: {},
  tolerations: [],
  priorityClass: null,
  sizing: 'off',
  postgresConfig: {},
  backup: {schedule: null, size: '8Gi', keep: 7},
  images: {source: 'bitnamilegacy', tag: '17.6.0-debian-12-r0', digest: null, pullSecret: null},
  extraValues: {},
};
