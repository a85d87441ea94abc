// Stands in for react-devtools-core in the bundle: Ink names it, and never calls it outside development.
// esbuild takes it in place of a CommonJS module.
export default {};
