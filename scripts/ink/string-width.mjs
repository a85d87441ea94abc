// Stands for string-width in the bundle: measures at once what our screens consist of, and asks the package itself for
// everything else. The package compiles Unicode's list of emoji before it measures the first character that is not
// ASCII. Measured with Ink 8 on Node 24, the first frame takes 170 ms of CPU time with this file and 230 without.
// `test/screens/string-width.test.ts` holds that both say the same.

/**
 * The characters that take one column each: Latin, and those signs that no font draws wide. Not among them are
 * characters that join, combine or are invisible (U+00AD).
 */
const narrow =
  /^[\u0020-\u007e\u00a1-\u00a8\u00aa-\u00ac\u00af-\u02ff\u2010-\u2015\u2018-\u201f\u2022\u2026\u2190-\u2193\u2500-\u257f\u2800-\u28ff\u276f\u25b8\u25be\u203a\u23ce\u2714\u2716]*$/;
const styles = /\u001b\[[\d;]*m/g;
let real;

export default function stringWidth(text, options) {
  if (typeof text === 'string' && options === undefined) {
    const bare = text.includes('\u001b') ? text.replace(styles, '') : text;
    if (narrow.test(bare)) return bare.length;
  }
  // In esbuild's bundle a required module is evaluated only when this line is reached, an imported one at once.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  real ??= require('../../node_modules/string-width/index.js').default;
  return real(text, options);
}
