// Charts that are not the installer's, made from the one that the tests use.
import {cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

const folder = () => mkdtempSync(join(tmpdir(), 'pghi-chart-'));
const write = (chart: string, name: string, objects: readonly object[]) => {
  mkdirSync(join(chart, 'templates'), {recursive: true});
  writeFileSync(join(chart, 'templates', name), objects.map((one) => `---\n${JSON.stringify(one)}\n`).join(''));
};
const settings = (name: string) => ({apiVersion: 'v1', kind: 'ConfigMap', metadata: {name}, data: {a: 'b'}});

/** An application: a chart of its own, with PostgreSQL as a sub-chart where one is given. */
export function applicationChart(name: string, postgresql: string | null): string {
  const chart = folder();
  const dependencies = postgresql === null ? [] : [{name: 'postgresql', version: '16.7.26', repository: 'file://x'}];
  writeFileSync(join(chart, 'Chart.yaml'), JSON.stringify({apiVersion: 'v2', name, version: '3.1.0', dependencies}));
  write(chart, 'application.yaml', [settings(`${name}-settings`)]);
  if (postgresql !== null) cpSync(postgresql, join(chart, 'charts', 'postgresql'), {recursive: true});
  return chart;
}

/** The same chart without its StatefulSets and Services, and with an object that the cluster refuses. */
export function chartThatFails(postgresql: string): string {
  const chart = folder();
  cpSync(postgresql, chart, {recursive: true});
  const templates = join(chart, 'templates');
  for (const name of readdirSync(templates, {recursive: true, encoding: 'utf8'}).filter((one) => /\.ya?ml$/.test(one)))
    if (/^kind: (StatefulSet|Service)\s*$/m.test(readFileSync(join(templates, name), 'utf8')))
      rmSync(join(templates, name));
  const refused = {apiVersion: 'v1', kind: 'Service', metadata: {name: 'refused'}, spec: {ports: [{port: 99_999}]}};
  write(chart, 'refused.yaml', [refused]);
  return chart;
}
