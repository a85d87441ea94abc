// YAML as helm reads it. Helm's library (go-yaml v2, YAML 1.1) takes `yes` for true, 0755 for 493 and merges `<<`; ours
// reads YAML 1.2. A text that the two could understand differently is refused, with its line. Loaded only when there is
// a file, because of the YAML library.
import {Document, isMap, isNode, isScalar, parseDocument, Scalar, visit, type Node} from 'yaml';
import {badInput} from '../core/cause.ts';
import {firstYamlProblem, lineOf, plainData} from '../parameters/yaml-problem.ts';
import {noteHolder} from './value-holders.ts';

/** https://yaml.org/type/bool.html, as go-yaml v2 has it. */
const booleans: ReadonlyMap<string, boolean> = new Map([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((word) => [word, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((word) => [word, false] as const),
]);
const nothing = new Set(['', '~', 'null', 'Null', 'NULL']);
/** JSON has no word for these, and helm refuses them too. */
const noNumber = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const integer = /^([-+]?)(?:0[xX]([\da-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9]\d*))$/;
const float = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;

/** What a plain scalar, one without quotes, means to helm. */
export function plainScalar(text: string): string | number | boolean | null {
  if (nothing.has(text)) return null;
  const word = booleans.get(text);
  if (word !== undefined) return word;
  // A number begins with one of these signs; underscores inside it are ignored.
  if (!/^[-+.\d]/.test(text)) return text;
  const digits = text.startsWith('.') ? text : text.replaceAll('_', '');
  return integerIn(digits) ?? (float.test(digits) ? Number(digits) : text);
}

function integerIn(text: string): number | null {
  const [, sign, hexadecimal, binary, octal, decimal] = integer.exec(text) ?? [];
  const parts = [
    [hexadecimal, '0x'],
    [binary, '0b'],
    [octal, '0o'],
    [decimal, ''],
  ] as const;
  const [digits, prefix] = parts.find(([found]) => found !== undefined) ?? [undefined, ''];
  if (digits === undefined) return null;
  const size = Number(`${prefix}${digits}`);
  // Go has no integers beyond 64 bits, and takes a larger number for text unless it is decimal.
  if (size >= 2 ** 64 && prefix !== '') return null;
  return sign === '-' && size !== 0 ? -size : size;
}

/** Strings that some reader of YAML, of whichever version, would take for something else. */
const notPlain = /^(?:=|<<|~|[-+.]?\d.*|[-+]?\.(?:inf|nan))$/i;

/**
 * Writes text that helm, kubectl and readers of YAML 1.2 all understand alike: `no` is a word to YAML 1.2 and false to
 * helm, so it is quoted. The style is that of hand-written files.
 */
export function writeHelmYaml(value: object): string {
  const document = new Document(value, {version: '1.1', aliasDuplicateObjects: false});
  visit(document, {
    Scalar(_key, node) {
      const {value: text} = node;
      if (typeof text !== 'string' || text.includes('\n')) return;
      if (plainScalar(text) !== text || notPlain.test(text)) node.type = 'QUOTE_DOUBLE';
    },
  });
  return document.toString({lineWidth: 0});
}

/**
 * The data of a values file. `name` is the file's, for messages.
 * @throws UserError BAD_INPUT with the line of what is not understood
 */
export function parseHelmYaml(text: string, name: string): unknown {
  const strange = strangeCharacter.exec(text);
  if (strange)
    throw badInput(`${name}: line ${lineOf(text, strange.index)} holds a character that YAML does not allow.`);
  const document = parseDocument(text, {prettyErrors: false, schema: 'failsafe', merge: true, resolveKnownTags: false});
  const problem = firstYamlProblem(document, text);
  const template = templateIn(text);
  if (problem !== null && template) throw badInput(`${name}: ${template}`);
  if (problem !== null) throw badInput(`${name}: ${problem}`);
  if (document.directives?.yaml.explicit) throw badInput(`${name}: line 1: leave the %YAML directive away.`);
  resolvePlain(document, (node, why) => {
    const line = lineOf(text, node?.range?.[0] ?? 0);
    throw badInput(`${name}: ${template ?? `line ${line}: ${why}`}`);
  });
  const data = plainData(() => document.toJS({maxAliasCount: 100}), name);
  noteHolders(document, data);
  return data;
}

/** `data`: what the document holds. */
function noteHolders(document: Document.Parsed, data: unknown): void {
  if (!isMap(document.contents) || typeof data !== 'object' || data === null) return;
  const used = new Set<string>();
  visit(document, {Alias: (_key, {source}) => void used.add(source)});
  const isUsed = (node: unknown): boolean =>
    (isNode(node) && 'anchor' in node && node.anchor !== undefined && used.has(node.anchor)) ||
    (isMap(node) && node.items.length > 0 && node.items.every(({value}) => isUsed(value)));
  for (const {key, value} of document.contents.items) {
    const read = isScalar(key) ? (data as Readonly<Record<string, unknown>>)[String(key.value)] : null;
    if (typeof read === 'object' && read !== null && isUsed(value)) noteHolder(read);
  }
}

/** What go-yaml's reader does not accept in a text: control characters, and a byte-order mark in the middle. */
const strangeCharacter = new RegExp(
  '[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u0084\\u0086-\\u009f\\ufeff\\ufffe\\uffff]',
);

function resolvePlain(document: Document.Parsed, refuse: (node: Node | null, why: string) => never): void {
  visit(document, {
    Node(key, node) {
      if (node.tag && node.tag !== 'tag:yaml.org,2002:str') refuse(node, `leave the tag ${node.tag} away.`);
      if (!isScalar(node) || node.type !== Scalar.PLAIN || node.tag || typeof node.value !== 'string') return;
      const {value} = node;
      if (noNumber.test(value)) refuse(node, `${value} is no number that helm takes.`);
      const meant = plainScalar(value);
      node.value = key === 'key' ? keyText(meant, value, node, refuse) : meant;
    },
    Pair(_, pair) {
      if (pair.key !== null && !isScalar(pair.key)) refuse(pair.key as Node, 'a key is one word, not a list or a map.');
    },
  });
}

/**
 * Helm's keys are texts. A word that means something else becomes the text of what it means, as `yes` becomes `true`.
 */
function keyText(
  meant: ReturnType<typeof plainScalar>,
  text: string,
  node: Node,
  refuse: (node: Node | null, why: string) => never,
): string {
  if (meant === null) return refuse(node, `"${text}" is no key. Write it in quotes.`);
  if (typeof meant === 'number' && !Number.isSafeInteger(meant))
    return refuse(node, `"${text}" is a number. Write the key in quotes.`);
  return String(meant);
}

/**
 * The problem with the first line that has a template outside of quotes, which only another program turns into values.
 */
function templateIn(text: string): string | null {
  const lines = text.split('\n');
  const at = lines.findIndex((line) => /^[^'"#]*\{\{/.test(line));
  if (at < 0) return null;
  return (
    `line ${at + 1} holds a template ({{ … }}), which helm does not fill in. It is one of helmfile's, say: have ` +
    'helmfile write the values first (helmfile write-values), and give that file.'
  );
}

/**
 * The text of a file as helm reads it: UTF-8, or UTF-16 where its first two bytes say so.
 * @throws UserError BAD_INPUT where it is neither
 */
export function textOfFile(bytes: Uint8Array, name: string): string {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  try {
    // A byte-order mark is left out.
    return new TextDecoder(encoding, {fatal: true}).decode(bytes);
  } catch {
    throw badInput(`${name}: it is not text in UTF-8, nor in UTF-16 with a byte-order mark. Save it as UTF-8.`);
  }
}
