#!/usr/bin/env node
// Must parse on old Node versions: it exists to say so when one is too old.
var major = Number(process.versions.node.split('.')[0]);
if (major < 20) {
  console.error(
    'pg-helm-install needs Node.js 20 or newer; this is ' +
      process.versions.node +
      '. Install a newer Node.js and run it again.',
  );
  process.exit(2);
} else {
  import('../dist/main.js');
}
