// Makes many releases out of one: helm's record and the StatefulSets of a real install, copied under other names.
import {randomBytes} from 'node:crypto';
import {promisify} from 'node:util';
import {gunzipSync, gzip, gzipSync} from 'node:zlib';
import {measure} from './measure.mjs';
import {chart, helm, jsonFile, kubectl, plannedValues} from './place.mjs';

/** As long as the clones' names, so that names derived from it keep their length. */
const templateName = 'b-tmpl';
/**
 * The bytes of a record of chart 16.7.26. The small chart's own record is a quarter of that; with it helm would do less
 * work than it does in practice.
 */
const real = {unpacked: 569_000, packed: 92_000};

/** Installs once with plain helm, without pods or volumes, reads what came of it, and removes it. */
export async function templateOf(namespace) {
  const values = await plannedValues(templateName, namespace, ['--read-replicas', '1', '--storage-size', '1Gi']);
  await kubectl(['create', 'quota', 'nothing', '-n', namespace, '--hard=pods=0,persistentvolumeclaims=0']);
  await measure(helm, ['install', templateName, chart, '-n', namespace, '--values', jsonFile('template.json', values)]);
  const read = async (kind) => JSON.parse(await kubectl(['get', kind, '-n', namespace, '-o', 'json']));
  const secret = await read(`secret/sh.helm.release.v1.${templateName}.v1`);
  const {items} = await read('statefulsets');
  await measure(helm, ['uninstall', templateName, '-n', namespace, '--wait']);
  await kubectl(['delete', 'quota', 'nothing', '-n', namespace]);

  const record = padded(JSON.parse(gunzipSync(unwrapped(secret.data.release)).toString('utf8')));
  return {
    namespace,
    record: JSON.stringify(record),
    secret: {apiVersion: 'v1', kind: 'Secret', type: secret.type, metadata: bare(secret.metadata)},
    statefulSets: items.map(({metadata, spec}) =>
      JSON.stringify({
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        metadata: bare(metadata),
        spec: {...spec, replicas: 0},
      }),
    ),
    about: `${record.chart.metadata.name} ${record.chart.metadata.version}`,
  };
}

/** Makes one release: the record and the StatefulSets. Throws when the API server refuses one. */
export async function cloneRelease(url, template, name, namespace) {
  const renamed = (text) => text.replaceAll(templateName, name).replaceAll(template.namespace, namespace);
  const packed = await promisify(gzip)(renamed(template.record), {level: 9});
  const secret = {
    ...JSON.parse(renamed(JSON.stringify(template.secret))),
    data: {release: Buffer.from(packed.toString('base64')).toString('base64')},
  };
  await create(`${url}/api/v1/namespaces/${namespace}/secrets`, JSON.stringify(secret));
  for (const set of template.statefulSets)
    await create(`${url}/apis/apps/v1/namespaces/${namespace}/statefulsets`, renamed(set));
}

async function create(url, body) {
  const answer = await fetch(url, {method: 'POST', headers: {'Content-Type': 'application/json'}, body});
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${text.slice(0, 500)}`);
}

/** A Secret's data is base64 of what helm has already encoded as base64. */
function unwrapped(data) {
  return Buffer.from(Buffer.from(data, 'base64').toString('latin1'), 'base64');
}

/**
 * Random bytes do not compress and zeros almost vanish; together they bring the record to the size of the real chart's,
 * both packed and unpacked.
 */
function padded(record) {
  const missing = real.unpacked - JSON.stringify(record).length;
  if (missing <= 0) return record;
  const random = randomBytes(Math.max(0, real.packed - gzipSync(JSON.stringify(record)).length));
  const data = Buffer.concat([random, Buffer.alloc(Math.max(0, (missing * 3) / 4 - random.length))]);
  return {
    ...record,
    chart: {
      ...record.chart,
      files: [...(record.chart.files ?? []), {name: 'README.md', data: data.toString('base64')}],
    },
  };
}

/** The metadata without what the server adds. */
function bare({name, namespace, labels, annotations}) {
  return {name, namespace, labels, ...(annotations ? {annotations} : {})};
}
