// node idents.mjs list name... : counts of identifier tokens;  node idents.mjs rename a=b c=d [--props-only]
import ts from 'typescript';
import {readFileSync, writeFileSync} from 'node:fs';
import {execFileSync} from 'node:child_process';
const files = execFileSync('git', ['ls-files', 'source', 'test', 'bench', 'scripts'], {encoding: 'utf8'}).split('\n').filter((f) => /\.(ts|tsx|mjs)$/.test(f));
const [mode, ...args] = process.argv.slice(2);
const pairs = new Map(args.map((a) => a.split('=')));
const hits = new Map();
for (const f of files) {
  const text = readFileSync(f, 'utf8');
  const sf = ts.createSourceFile(f, text, ts.ScriptTarget.Latest, true, f.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS);
  const edits = [];
  const visit = (n) => {
    if (ts.isIdentifier(n) && pairs.has(n.text)) {
      hits.set(n.text, (hits.get(n.text) ?? new Map()).set(f, ((hits.get(n.text)?.get(f)) ?? 0) + 1));
      edits.push([n.getStart(sf), n.end, pairs.get(n.text)]);
    }
    ts.forEachChild(n, visit);
  };
  visit(sf);
  if (mode === 'rename' && edits.length) {
    let out = text;
    for (const [a, b, t] of edits.sort((x, y) => y[0] - x[0])) out = out.slice(0, a) + t + out.slice(b);
    writeFileSync(f, out);
  }
}
for (const [k, v] of hits) console.log(k, [...v.values()].reduce((a, b) => a + b, 0), v.size, mode === 'list' ? [...v.keys()].slice(0, 6).join(' ') : '');
