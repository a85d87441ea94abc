// Pages that are written from what the program knows. `npx vitest run --project unit -u` writes them anew.
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {parametersPage} from '../support/parameters-page.ts';
import {root} from '../support/paths.ts';

it('docs/parameters.md tells every parameter', async () => {
  const page = parametersPage();
  expect(page).not.toMatch(/undefined|\[object|^- [^:]+: $/m);
  await expect(page).toMatchFileSnapshot(join(root, 'docs', 'parameters.md'));
});
