#!/usr/bin/env node
// Stands in for helm (PGHI_HELM) and runs the real one behind a proxy that sees its writes. After the chosen write it
// kills helm and the program that began it, as a machine does that loses its power.
// DYING_HELM: the real helm. DYING_HELM_AT: a regular expression that the write's method and path match.
// DYING_HELM_NTH: which of those, counted from 1. DYING_KUBECTL: a kubectl, whose proxy leads to the cluster.
import {spawn} from 'node:child_process';
import {createServer, request as ask} from 'node:http';
import process from 'node:process';

const args = process.argv.slice(2);
const {DYING_HELM: helm, DYING_HELM_AT: at, DYING_HELM_NTH: nth, DYING_KUBECTL: kubectl} = process.env;
const writes = ['upgrade', 'rollback'].includes(args[0] ?? '') && !args.some((one) => one.startsWith('--dry-run'));
if (!writes) {
  spawn(helm, args, {stdio: 'inherit'}).on('close', (code) => process.exit(code ?? 1));
} else {
  const flag = (name) => (args.includes(name) ? [args[args.indexOf(name) + 1]] : []);
  const proxy = spawn(
    kubectl,
    [
      ...flag('--kube-context').flatMap((value) => ['--context', value]),
      ...flag('--kubeconfig').flatMap((value) => ['--kubeconfig', value]),
      'proxy',
      '--port=0',
    ],
    {stdio: ['ignore', 'pipe', 'inherit']},
  );
  const upstream = await new Promise((resolve) => {
    let text = '';
    proxy.stdout.on('data', (more) => {
      text += more;
      const port = /127\.0\.0\.1:(\d+)/.exec(text)?.[1];
      if (port) resolve(Number(port));
    });
  });
  let child = null;
  let count = 0;
  const die = () => {
    proxy.kill('SIGKILL');
    child?.kill('SIGKILL');
    process.kill(process.ppid, 'SIGKILL');
    process.exit(1);
  };
  const server = createServer((incoming, outgoing) => {
    const isWrite = !['GET', 'HEAD', 'OPTIONS'].includes(incoming.method ?? '');
    const isMeant = isWrite && new RegExp(at).test(`${incoming.method} ${incoming.url}`);
    const dies = isMeant && ++count === Number(nth);
    const onward = ask(
      {host: '127.0.0.1', port: upstream, method: incoming.method, path: incoming.url, headers: incoming.headers},
      (answer) => {
        if (dies) {
          answer.resume().on('end', die);
          return;
        }
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  child = spawn(helm, [...args, '--kube-apiserver', `http://127.0.0.1:${server.address().port}`], {stdio: 'inherit'});
  child.on('close', (code) => {
    proxy.kill();
    process.exit(code ?? 1);
  });
}
