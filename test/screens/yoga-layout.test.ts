// What stands for yoga-layout in the bundle lays out as the package does, and asks fetch() for nothing.
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import fc from 'fast-check';
import {expect, it, vi} from 'vitest';
import type * as Package from 'yoga-layout';
import {root} from '../support/paths.ts';

interface Box {
  readonly direction: number;
  readonly width: number;
  readonly grow: number;
  readonly padding: number;
  readonly children: readonly Box[];
}

const box = (depth: number): fc.Arbitrary<Box> =>
  fc.record({
    direction: fc.integer({min: 0, max: 3}),
    width: fc.integer({min: 0, max: 60}),
    grow: fc.integer({min: 0, max: 2}),
    padding: fc.integer({min: 0, max: 3}),
    children: depth === 0 ? fc.constant([]) : fc.array(box(depth - 1), {maxLength: 3}),
  });

/** Left, top, width and height of every box, in the order of the tree. */
function layOut({default: yoga}: typeof Package, tree: Box): unknown[] {
  const nodeOf = ({direction, width, grow, padding, children}: Box) => {
    const node = yoga.Node.create();
    node.setFlexDirection(direction);
    if (width > 0) node.setWidth(width);
    node.setFlexGrow(grow);
    node.setPadding(yoga.EDGE_ALL, padding);
    for (const [index, child] of children.entries()) node.insertChild(nodeOf(child), index);
    return node;
  };
  const top = nodeOf(tree);
  top.calculateLayout(80, 24, yoga.DIRECTION_LTR);
  const computed = (node: Package.Node): unknown[] => [
    node.getComputedLayout(),
    ...Array.from({length: node.getChildCount()}, (_, index) => computed(node.getChild(index))),
  ];
  const all = computed(top);
  top.freeRecursive();
  return all;
}

it('is the same for every tree', async () => {
  const fetched = vi.spyOn(globalThis, 'fetch');
  const path = join(root, 'scripts', 'ink', 'yoga-layout.mjs');
  const ours = (await import(pathToFileURL(path).href)) as typeof Package;
  expect(fetched).not.toHaveBeenCalled();
  expect(globalThis.fetch).toBe(fetched);
  const theirs = await import('yoga-layout');
  fc.assert(
    fc.property(box(3), (tree) => {
      expect(layOut(ours, tree)).toEqual(layOut(theirs, tree));
    }),
    {numRuns: 300},
  );
});
