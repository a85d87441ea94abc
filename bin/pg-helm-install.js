#!/usr/bin/env node
// Must parse on old Node versions: it exists to go on with a newer one, or to say so when there is none.
var running = process.versions.node.split('.').map(Number);

function sayTooOld() {
  var words = process.argv.slice(2);
  var needNoQuotes = words.every(function (word) {
    return /^[\w@%+=:,./-]+$/.test(word);
  });
  console.error(
    'pg-helm-install needs Node.js 22.19 or newer; this is ' +
      process.versions.node +
      '. npm has one:\n  ' +
      ['npx -p node@24 -p pg-helm-install pg-helm-install'].concat(needNoQuotes ? words : []).join(' '),
  );
  process.exitCode = 2;
}

if (running[0] > 22 || (running[0] === 22 && running[1] >= 19)) {
  import('../dist/main.js');
} else if (running[0] < 16) {
  sayTooOld();
} else {
  import('./newer-node.js').then(function (newerNode) {
    newerNode.runWithNewerNode(sayTooOld);
  });
}
