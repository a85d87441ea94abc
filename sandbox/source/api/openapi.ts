// The part of OpenAPI v3 that helm and kubectl ask for: which kinds there are, their fields, and that the server can
// check fields.
import {allKinds, apiVersionOf, type Kind} from '../store/kinds.ts';
import {groupVersions} from './discovery.ts';
import {fieldsOf, typeNamed, type Type} from './schema/schema.ts';
import type {Answer} from './status-answer.ts';

const root = '/openapi/v3';
const pathOf = (groupVersion: string) => (groupVersion === 'v1' ? 'api/v1' : `apis/${groupVersion}`);

export function openApi(path: string): Answer | null {
  if (path === root) {
    const paths = groupVersions.map(
      (groupVersion) => [pathOf(groupVersion), {serverRelativeURL: `${root}/${pathOf(groupVersion)}?hash=1`}] as const,
    );
    return {code: 200, body: {paths: Object.fromEntries(paths)}};
  }
  const groupVersion = groupVersions.find((one) => path === `${root}/${pathOf(one)}`);
  if (groupVersion === undefined) return null;
  const kinds = allKinds.filter((kind) => apiVersionOf(kind) === groupVersion);
  return {
    code: 200,
    body: {
      openapi: '3.0.0',
      info: {title: 'pg-helm-install sandbox', version: 'v1.34.4'},
      paths: Object.fromEntries(kinds.map((kind) => [objectPath(kind), operations(kind)])),
      components: {schemas: schemasOf(kinds)},
    },
  };
}

function objectPath({group, version, namespaced, resource}: Kind): string {
  const groupVersion = group === '' ? version : `${group}/${version}`;
  return `/${pathOf(groupVersion)}/${namespaced ? 'namespaces/{namespace}/' : ''}${resource}/{name}`;
}

function operations({group, version, kind}: Kind) {
  const validation = {name: 'fieldValidation', in: 'query', schema: {type: 'string'}};
  const dryRun = {name: 'dryRun', in: 'query', schema: {type: 'string'}};
  const groupVersionKind = {'x-kubernetes-group-version-kind': {group, version, kind}};
  const get = {
    responses: {
      200: {description: 'OK', content: {'application/json': {schema: {$ref: `#/components/schemas/${kind}`}}}},
    },
    ...groupVersionKind,
  };
  return {get, patch: {parameters: [dryRun, validation], ...groupVersionKind}};
}

function schemasOf(kinds: readonly Kind[]): Record<string, unknown> {
  const schemas: Record<string, unknown> = {};
  const add = (name: string, kind: Kind | null) => {
    if (name in schemas) return;
    schemas[name] = null;
    const fields = [...fieldsOf(name)];
    schemas[name] = {
      type: 'object',
      required: fields.flatMap(([field, {required}]) => (required ? [field] : [])),
      properties: Object.fromEntries(fields.map(([field, {type}]) => [field, schemaOf(type)])),
      ...(kind
        ? {'x-kubernetes-group-version-kind': [{group: kind.group, version: kind.version, kind: kind.kind}]}
        : {}),
    };
  };
  const schemaOf = (type: Type): unknown => {
    if (type.is === 'object') {
      add(type.name, null);
      return {$ref: `#/components/schemas/${type.name}`};
    }
    if (type.is === 'list') return {type: 'array', items: schemaOf(type.item)};
    if (type.is === 'map') return {type: 'object', additionalProperties: schemaOf(type.value)};
    const names = {
      s: 'string',
      i: 'integer',
      n: 'number',
      b: 'boolean',
      q: 'string',
      x: 'string',
      t: 'string',
      y: 'string',
      r: 'object',
    };
    return {type: names[type.scalar]};
  };
  for (const kind of kinds) if (typeNamed(kind.kind).is === 'object') add(kind.kind, kind);
  return schemas;
}
