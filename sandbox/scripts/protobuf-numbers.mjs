// Writes source/api/schema/protobuf-numbers.ts from the Go sources of Kubernetes, which tell two things about a field
// that the schema does not: its number in protobuf, and whether zero means that it was not set.
// `node sandbox/scripts/protobuf-numbers.mjs FOLDER…` with the folders of k8s.io/api and k8s.io/apimachinery of one
// version.
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

const schema = join(dirname(dirname(fileURLToPath(import.meta.url))), 'source', 'api', 'schema');
const definitions = [...readFileSync(join(schema, 'definitions.ts'), 'utf8').matchAll(/^ {2}(\w+): '(.*)',$/gm)].map(
  ([, name, fields]) => [name, fields.split(' ').map((word) => word.split(/[*:]/)[0])],
);
/** Where two packages have a type of the same name, the first one counts. */
const packages = [
  'pkg/apis/meta/v1/types.go',
  ...[
    'discovery',
    'core',
    'apps',
    'batch',
    'networking',
    'policy',
    'authentication',
    'storage',
    'coordination',
    'rbac',
    'authorization',
    'autoscaling',
  ].map((group) => `${group}/v1/types.go`),
];

const structs = new Map();
for (const path of packages) {
  const file = process.argv
    .slice(2)
    .map((folder) => join(folder, path))
    .find(existsSync);
  if (!file) throw new Error(`no ${path} in the folders that were named`);
  const [group] = path.split('/');
  for (const [, name, body] of readFileSync(file, 'utf8').matchAll(/^type (\w+) struct \{\n([^]*?)^\}/gm)) {
    const fields = [...body.matchAll(/^\t(?:(\w+)\s+)?(\S+)\s+`json:"([^"]*)"(?: \S+)*? protobuf:"\w+,(\d+),/gm)].map(
      ([, , type, json, number]) => {
        const [field, ...options] = json.split(',');
        return {
          type,
          field,
          number,
          inline: field === '',
          zeroIsUnset: options.includes('omitempty') && !type.startsWith('*'),
        };
      },
    );
    for (const key of [name, `${group}${name}`]) if (!structs.has(key)) structs.set(key, fields);
  }
}

/** The fields of an embedded struct stand beside the others in JSON, and one level deeper in protobuf. */
function numbersOf(name, at = '') {
  return (structs.get(name) ?? []).flatMap(({type, field, number, inline, zeroIsUnset}) =>
    inline
      ? numbersOf(type.replace(/^\*?(\w+\.)?/, ''), `${at}${number}.`)
      : [[field, `${at}${number}${zeroIsUnset ? '?' : ''}`]],
  );
}

const lines = definitions.map(([name, known]) => {
  const numbers = numbersOf(name).filter(([field]) => known.includes(field));
  const missing = known.filter(
    (field) => !['apiVersion', 'kind'].includes(field) && !numbers.some(([one]) => one === field),
  );
  if (missing.length > 0) throw new Error(`${name}: no number of ${missing.join(', ')}`);
  return `  ${name}: '${numbers.map((pair) => pair.join(':')).join(' ')}',`;
});
writeFileSync(
  join(schema, 'protobuf-numbers.ts'),
  `// The numbers of the fields in protobuf, as the Go sources of Kubernetes 1.34 have them. Written by
// sandbox/scripts/protobuf-numbers.mjs.
// name:number; 2.1 is field 1 of the message that is field 2; ? where zero or nothing means that it was not set.
export const protobufNumbers: Readonly<Record<string, string>> = {
${lines.join('\n')}
};
`,
);
