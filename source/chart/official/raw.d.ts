// A file as text, by the bundler and in the tests alike.
declare module '*.sh?raw' {
  const text: string;
  export default text;
}
