// What is exported for other tools fits the schemas of their own kinds. The definitions come from their repositories:
// PGHI_TEST_CRDS names a folder with them, and without it there is nothing to compare with.
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {parse, parseAllDocuments} from 'yaml';
import {at, isObject, type Values} from '../../source/chart/tree.ts';
import {toValues} from '../../source/chart/values.ts';
import {releaseFiles} from '../../source/export/release-files.ts';
import {releasePatch} from '../../source/export/release-patch.ts';
import {secretFile} from '../../source/export/secret-files.ts';
import type {SteeringObject} from '../../source/observation/steering.ts';
import {ordinary} from '../support/arbitrary-parameters.ts';

const folder = process.env['PGHI_TEST_CRDS'] ?? '';

/** By `kind apiVersion`, of the versions that are served. */
function schemas(): ReadonlyMap<string, Values> {
  const all = readdirSync(folder).map((name) => parse(readFileSync(join(folder, name), 'utf8')) as Values);
  return new Map(
    all.flatMap((definition) => {
      const versions = at(definition, ['spec', 'versions']) as readonly Values[];
      const [kind, group] = [at(definition, ['spec', 'names', 'kind']), at(definition, ['spec', 'group'])];
      return versions
        .filter(({served}) => served === true)
        .map((version): [string, Values] => [
          `${String(kind)} ${String(group)}/${String(version['name'])}`,
          at(version, ['schema', 'openAPIV3Schema']) as Values,
        ]);
    }),
  );
}

/** Kubernetes documentation, structural schemas: what is not named in one is no field. */
function problems(value: unknown, schema: Values, path: string): readonly string[] {
  if (schema['x-kubernetes-int-or-string'] === true) return [];
  const {type, properties, additionalProperties, items, required, enum: allowed} = schema;
  const is = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;
  const typed = type === 'integer' ? 'number' : type;
  if (typed !== undefined && typed !== is) return [`${path} is of type ${is}, not ${String(type)}`];
  if (Array.isArray(allowed) && !allowed.includes(value)) return [`${path} is none of ${allowed.join(', ')}`];
  if (Array.isArray(value))
    return isObject(items) ? value.flatMap((one, index) => problems(one, items, `${path}[${index}]`)) : [];
  if (!isObject(value)) return [];
  const missing = (Array.isArray(required) ? required : []).filter((key) => !Object.hasOwn(value, String(key)));
  const isOpen = schema['x-kubernetes-preserve-unknown-fields'] === true || path.endsWith('.metadata');
  return [
    ...missing.map((key) => `${path}.${String(key)} is missing`),
    ...Object.entries(value).flatMap(([key, inner]) => {
      const known = isObject(properties) ? properties[key] : undefined;
      const rule = known ?? additionalProperties;
      if (isObject(rule)) return problems(inner, rule, `${path}.${key}`);
      return isOpen || rule === true ? [] : [`${path}.${key} is no field`];
    }),
  ];
}

const release = {release: 'orders', namespace: 'team-a', fullname: 'orders-postgresql'};
const chart = {source: 'oci://registry.example.com/charts/postgresql', version: '16.7.26'};
const values = toValues(ordinary, release);
const documents = (text: string) => parseAllDocuments(text).map((one) => one.toJS() as SteeringObject);

describe.skipIf(!existsSync(folder))('by the definitions of the tools', () => {
  const exported = (['argocd', 'flux'] as const).flatMap((format) =>
    documents(releaseFiles(format, {...release, values, chart})[0].text),
  );
  const patched = exported.flatMap((object) => {
    const steering = {tool: object.kind === 'Application' ? 'Argo CD' : 'Flux', object, named: null} as const;
    if (object.kind !== 'Application' && object.kind !== 'HelmRelease') return [];
    const [before, after] = ['16.7.26', '16.7.27'].map((chartVersion) => ({values, chartVersion}));
    if (!before || !after) return [];
    return releasePatch(steering, {...release, before, after}).flatMap(({text}) => documents(text));
  });
  const secrets = documents(secretFile('external-secrets', release).text);

  it.each(
    [...exported, ...patched, ...secrets].map((object): [string, string, object] => [
      object.kind,
      object.apiVersion,
      object,
    ]),
  )('%s %s', (kind, version, object) => {
    const schema = schemas().get(`${kind} ${version}`);
    // ConfigMaps and HelmRepositories are not among them.
    if (!['Application', 'HelmRelease', 'ExternalSecret'].includes(kind)) return;
    expect(schema, `no definition of ${kind} ${version} in ${folder}`).toBeDefined();
    expect(problems(object, schema ?? {}, kind)).toEqual([]);
  });

  it('tells what does not fit', () => {
    const [object] = secrets;
    const schema = schemas().get('ExternalSecret external-secrets.io/v1') ?? {};
    const wrong = {...object, spec: {...object?.spec, refreshIntervall: '1h', target: {creationPolicy: 'Adopt'}}};
    expect(problems(wrong, schema, 'ExternalSecret')).toEqual([
      'ExternalSecret.spec.target.creationPolicy is none of Owner, Orphan, Merge, None, CreateOrMerge',
      'ExternalSecret.spec.refreshIntervall is no field',
    ]);
  });
});
