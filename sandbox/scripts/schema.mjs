// Writes source/api/schema/definitions.ts from the OpenAPI of a real API server: `node sandbox/scripts/schema.mjs`
// with KUBECONFIG and kubectl at hand.
import {execFileSync} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

const raw = (path) =>
  JSON.parse(execFileSync('kubectl', ['get', '--raw', path], {maxBuffer: 2 ** 26, encoding: 'utf8'}));
const groups = [
  'api/v1',
  ...[
    'apps',
    'batch',
    'networking.k8s.io',
    'policy',
    'storage.k8s.io',
    'discovery.k8s.io',
    'coordination.k8s.io',
    'rbac.authorization.k8s.io',
    'authorization.k8s.io',
    'authentication.k8s.io',
    'autoscaling',
  ].map((group) => `apis/${group}/v1`),
];
const kinds = `Namespace Node Pod Service Secret ConfigMap ServiceAccount Event PersistentVolumeClaim PersistentVolume
ResourceQuota LimitRange Endpoints StatefulSet
ControllerRevision Job CronJob NetworkPolicy PodDisruptionBudget StorageClass EndpointSlice Lease
Role RoleBinding Scale Eviction DeleteOptions
SelfSubjectAccessReview SelfSubjectRulesReview SelfSubjectReview TokenRequest`.split(/\s+/);

const schemas = {};
for (const group of groups) Object.assign(schemas, raw(`/openapi/v3/${group}`).components.schemas);

const names = new Map();
const pending = [];
/** The last part of a definition's name; its group comes before it where two definitions share that part. */
function nameOf(id) {
  if (names.has(id)) return names.get(id);
  const parts = id.split('.');
  const last = parts.at(-1);
  const name = [...names.values()].includes(last) ? `${parts.at(-3)}${last}` : last;
  names.set(id, name);
  pending.push(id);
  return name;
}

/**
 * Volume types of clouds and storage arrays, and an obsolete way to configure kubelets: the sandbox has neither, and
 * keeps such fields as the client sent them.
 */
const foreign =
  /^NodeConfig(Source|Status)$|^(AWS|Azure|Ceph|Cinder|FC|Flex|Flocker|GCE|Gluster|GitRepo|ISCSI|Photon|Portworx|Quobyte|RBD|ScaleIO|StorageOS|Vsphere|Image).*VolumeSource$/;

const refOf = (schema) => (schema.$ref ?? schema.allOf?.[0]?.$ref ?? '').replace('#/components/schemas/', '');

function typeOf(schema) {
  const ref = refOf(schema);
  if (ref) {
    const last = ref.split('.').at(-1);
    if (last === 'Quantity') return 'q';
    if (last === 'IntOrString') return 'x';
    if (last === 'Time' || last === 'MicroTime') return 't';
    if (last === 'RawExtension' || last === 'FieldsV1' || last === 'Patch') return 'r';
    if (foreign.test(last)) return 'r';
    const atomic =
      schema['x-kubernetes-map-type'] === 'atomic' || schemas[ref]['x-kubernetes-map-type'] === 'atomic' ? '!' : '';
    return `${nameOf(ref)}${atomic}`;
  }
  if (schema.type === 'array') {
    const keys =
      schema['x-kubernetes-list-type'] === 'map' ? `|k=${schema['x-kubernetes-list-map-keys'].join(',')}` : '';
    const set = schema['x-kubernetes-list-type'] === 'set' ? '|set' : '';
    const strategy = schema['x-kubernetes-patch-strategy'] ?? '';
    const merge = strategy.includes('merge') ? `|p=${schema['x-kubernetes-patch-merge-key'] ?? ''}` : '';
    return `[${typeOf(schema.items)}]${keys}${set}${merge}`;
  }
  if (schema.type === 'object' && schema.additionalProperties) {
    return `{${typeOf(schema.additionalProperties)}}${schema['x-kubernetes-map-type'] === 'atomic' ? '!' : ''}`;
  }
  if (schema.type === 'string') return schema.format === 'byte' ? 'y' : 's';
  if (schema.type === 'integer') return 'i';
  if (schema.type === 'number') return 'n';
  if (schema.type === 'boolean') return 'b';
  return 'r';
}

const strategyOf = (schema) => {
  const strategy = schema['x-kubernetes-patch-strategy'] ?? '';
  if (schema.type === 'array') return strategy.includes('retainKeys') ? '|retain' : '';
  if (strategy.includes('retainKeys')) return '|retain';
  return strategy.includes('replace') ? '|replace' : '';
};

for (const kind of kinds) {
  const id = Object.keys(schemas).find(
    (candidate) =>
      schemas[candidate]['x-kubernetes-group-version-kind']?.some((gvk) => gvk.kind === kind && gvk.version === 'v1') &&
      candidate.endsWith(`.${kind}`) &&
      !candidate.includes('events'),
  );
  if (!id) throw new Error(`no schema of ${kind}`);
  nameOf(id);
}
const lines = [];
for (let id = pending.shift(); id; id = pending.shift()) {
  const schema = schemas[id];
  const fields = Object.entries(schema.properties ?? {}).map(
    ([name, field]) => `${name}${schema.required?.includes(name) ? '*' : ''}:${typeOf(field)}${strategyOf(field)}`,
  );
  lines.push(`  ${names.get(id)}: '${fields.join(' ')}',`);
}
const target = join(dirname(dirname(fileURLToPath(import.meta.url))), 'source', 'api', 'schema', 'definitions.ts');
writeFileSync(
  target,
  `// The fields of the kinds, as the OpenAPI of a Kubernetes 1.34 API server has them. Written by
// sandbox/scripts/schema.mjs.
// name, * where required, type (s text, i integer, n number, b boolean, q quantity, x integer or text, t time, y
// base64, r anything; [list] {map}; ! is atomic),
// |k= keys of an associative list in server-side apply, |set, |p= merge key of a strategic merge, |retain, |replace.
export const definitions: Readonly<Record<string, string>> = {
${lines.join('\n')}
};
`,
);
