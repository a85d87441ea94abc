// Stands for yoga-layout in the bundle and does the same, except that it decodes its WebAssembly itself. The package
// asks fetch() for it, a data: URL, for which Node loads its whole HTTP client. Measured with Ink 8 on Node 24, the
// first frame takes 170 ms of CPU time with this file and 230 without. `test/screens/yoga-layout.test.ts` checks that
// both lay out the same.
import loadYoga from '../../node_modules/yoga-layout/dist/binaries/yoga-wasm-base64-esm.js';
import wrapAssembly from '../../node_modules/yoga-layout/dist/src/wrapAssembly.js';

export * from '../../node_modules/yoga-layout/dist/src/generated/YGEnums.js';
export default wrapAssembly(await withoutFetch(loadYoga));

/** The loader looks for fetch once, before it first waits, and decodes the URL itself where there is none. */
function withoutFetch(load) {
  const {fetch} = globalThis;
  globalThis.fetch = undefined;
  try {
    return load();
  } finally {
    globalThis.fetch = fetch;
  }
}
