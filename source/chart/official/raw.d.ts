// A file as text, by the bundler and in the tests alike.
declare module '*.sh?raw' {
  const text: string;
  // eslint-disable-next-line no-restricted-syntax -- what `?raw` gives is a default export
  export default text;
}
