// What the README says was measured is what docs/failures.md says was measured.
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {root} from '../support/paths.ts';

const readme = readFileSync(join(root, 'README.md'), 'utf8');
const failures = readFileSync(join(root, 'docs', 'failures.md'), 'utf8');

/** The rows of the README's table of failures: what is wrong, what helm 4 says, what this program says. */
const rows = [...readme.matchAll(/^\| (A [^|]+) \| ([\d.]+ s: [^|]+) \| ([\d.]+ s: [^|]+) \|$/gm)].map(
  ([, title = '', helm = '', ours = '']) => ({title, helm, ours}),
);

it('the README compares with helm by some of the failures that were measured', () => {
  expect(rows.length).toBeGreaterThan(3);
});

it.each(rows)('$title: as it was measured', ({title, helm, ours}) => {
  const section = failures.split(/^## /m).find((one) => one.startsWith(`${title}\n`)) ?? '';
  const said = (who: string) => new RegExp(`^\\| ${who} \\| ([\\d.]+ s) \\| (.*) \\|$`, 'm').exec(section);
  const [, helmAfter, helmText = ''] = said('helm 4') ?? [];
  const [, oursAfter, oursText = ''] = said('pg-helm-install') ?? [];
  expect(helm).toBe(`${helmAfter}: ${helmText}`);
  expect(ours).toBe(`${oursAfter}: ${oursText.split(':')[0]}`);
});
