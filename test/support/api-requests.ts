// Finds in the source every request to the Kubernetes API: the calls of Api's methods, and what path each is for.
import {readdirSync, readFileSync} from 'node:fs';
import {join, relative} from 'node:path';
import ts from 'typescript';
import {paths} from '../../source/cluster/paths.ts';
import {root} from './paths.ts';

interface ApiRequest {
  /** File and line. */
  readonly at: string;
  readonly method: string;
  /** What is only known when it runs is `NS` for a namespace, and `*` elsewhere. Null: the whole path is not known. */
  readonly url: string | null;
  /** The file and the expression that the path comes from. */
  readonly from: string;
}

const methods: Readonly<Record<string, string>> = {
  get: 'GET',
  find: 'GET',
  list: 'GET',
  listMetadata: 'GET',
  text: 'GET',
  stream: 'GET',
  watch: 'GET',
  create: 'POST',
  replace: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
};
/** Functions that are given an Api, and the path of what they make. */
const makers = ['createWhenNameFree', 'createOnce'];

export function apiRequests(): readonly ApiRequest[] {
  const source = join(root, 'source');
  return readdirSync(source, {recursive: true, encoding: 'utf8'})
    .filter((name) => name.endsWith('.ts') && name !== join('cluster', 'api.ts'))
    .flatMap((name) => requestsIn(join(source, name)));
}

function requestsIn(path: string): readonly ApiRequest[] {
  const text = readFileSync(path, 'utf8');
  if (!/\bapi\b/.test(text)) return [];
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const name = relative(join(root, 'source'), path);
  const found: ApiRequest[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const asked = askedIn(node);
      const line = file.getLineAndCharacterOfPosition(node.getStart()).line + 1;
      for (const url of asked ? urlsOf(asked.path) : [])
        found.push({
          at: `${name}:${line}`,
          method: asked?.method ?? '',
          url: url.startsWith('/') ? `${url}${asked?.query ?? ''}` : null,
          from: `${name} ${asked?.path.getText() ?? ''}`,
        });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function askedIn({expression, arguments: given}: ts.CallExpression) {
  const [first, second] = given;
  if (ts.isIdentifier(expression) && makers.includes(expression.text) && second)
    return {method: 'POST', path: second, query: ''};
  if (!ts.isPropertyAccessExpression(expression) || !/(^|\.)api$/.test(expression.expression.getText())) return null;
  const method = methods[expression.name.text];
  if (method === undefined || first === undefined) return null;
  return {method, path: first, query: expression.name.text === 'watch' ? '?watch=true' : ''};
}

/** Every path that the expression may be. */
function urlsOf(node: ts.Expression): readonly string[] {
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isConditionalExpression(node)) return [...urlsOf(node.whenTrue), ...urlsOf(node.whenFalse)];
  if (ts.isTemplateExpression(node)) {
    return node.templateSpans.reduce<readonly string[]>(
      (before, {expression, literal}) =>
        before.flatMap((text) => partsOf(expression, text).map((part) => text + part + literal.text)),
      [node.head.text],
    );
  }
  if (/^paths\.\w+/.test(node.getText())) return [knownPath(node)];
  if (ts.isCallExpression(node)) return returnedBy(node);
  return ts.isIdentifier(node) ? initialized(node) : ['*'];
}

function partsOf(node: ts.Expression, before: string): readonly string[] {
  const known = urlsOf(node).filter((text) => text !== '*');
  if (known.length > 0) return known;
  return [before.endsWith('/namespaces/') ? 'NS' : '*'];
}

function knownPath(node: ts.Expression): string {
  const [, member = ''] = /^paths\.(\w+)/.exec(node.getText()) ?? [];
  const path = (paths as Readonly<Record<string, string | ((namespace: string) => string)>>)[member];
  if (typeof path !== 'function') return path ?? '*';
  const [given] = ts.isCallExpression(node) ? node.arguments : [];
  return path(given && ts.isStringLiteralLike(given) ? given.text : 'NS');
}

/** What a function of the same file returns. */
function returnedBy(call: ts.CallExpression): readonly string[] {
  const name = call.expression.getText();
  const found = call
    .getSourceFile()
    .statements.find((one): one is ts.FunctionDeclaration => ts.isFunctionDeclaration(one) && one.name?.text === name);
  const last = found?.body?.statements.find(ts.isReturnStatement)?.expression;
  return last ? urlsOf(last) : ['*'];
}

/** What a constant of the same function, or of one around it, is. */
function initialized(name: ts.Identifier): readonly string[] {
  for (let block: ts.Node = name.parent; ; block = block.parent) {
    for (const statement of ts.isBlock(block) || ts.isSourceFile(block) ? block.statements : []) {
      if (!ts.isVariableStatement(statement)) continue;
      const found = statement.declarationList.declarations.find((one) => one.name.getText() === name.text);
      if (found?.initializer) return urlsOf(found.initializer);
    }
    if (ts.isSourceFile(block)) return ['*'];
  }
}
