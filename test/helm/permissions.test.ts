// The kinds that the charts make, rendered with everything that parameters can ask for, are named in the permissions.
import {execa} from 'execa';
import {describe, expect, it} from 'vitest';
import {parseAllDocuments} from 'yaml';
import {toValues} from '../../source/chart/values.ts';
import {permissionsOf, type CommandName, type Extra} from '../../source/commands/permissions.ts';
import type {Parameters} from '../../source/parameters/parameters.ts';
import {helm3, helm4, realChart, smallChart} from '../support/paths.ts';
import {parametersWith, targetFor} from '../support/fakes/survey.ts';
import {noRealHelm} from './support.ts';

interface Made {
  readonly apiVersion: string;
  readonly kind: string;
}

async function render(helm: string, chart: string, values: object): Promise<readonly Made[]> {
  const args = ['template', 'orders', chart, '--namespace', 'team-a', '--values', '-'];
  const monitors = ['--api-versions', 'monitoring.coreos.com/v1'];
  const {stdout} = await execa(helm, [...args, ...monitors], {input: JSON.stringify(values)});
  return parseAllDocuments(stdout).flatMap((one) => (one.toJS() as Made | null) ?? []);
}

/** As RBAC has it; every kind that a chart makes has a regular plural. */
function nameOf({apiVersion, kind}: Made): string {
  const [group = ''] = apiVersion.includes('/') ? apiVersion.split('/') : [''];
  return `${kind.toLowerCase().replace(/y$/, 'ie')}s${group === '' ? '' : `.${group}`}`;
}

function named(command: CommandName, verb: string, extras: readonly Extra[]): readonly string[] {
  return permissionsOf(command, extras).flatMap(({resource, group, verbs, required, scope}) =>
    required && scope !== null && (verbs as readonly string[]).includes(verb)
      ? [`${resource}${group === '' ? '' : `.${group}`}`]
      : [],
  );
}

const cases: readonly (readonly [what: string, changes: Partial<Parameters>, extras: readonly Extra[]])[] = [
  ['as it is', {}, []],
  ['sized', {sizing: 'auto'}, []],
  ['settings', {postgresConfig: {work_mem: '8MB'}}, []],
  ['metrics', {metrics: 'exporter'}, []],
  ['a ServiceMonitor', {metrics: 'service-monitor'}, ['service monitor']],
  ['backups', {backup: {schedule: '0 3 * * *', size: '8Gi', keep: 7}}, ['backups']],
  ['named namespaces', {allowNamespaces: ['shop']}, []],
  ['TLS', {tls: {certificate: 'self-signed', required: true}}, []],
  ['a load balancer', {exposure: 'load-balancer', allowFrom: {kind: 'cidrs', cidrs: ['10.0.0.0/8']}}, []],
  ['no reader', {readReplicaCount: 0}, []],
];

describe.skipIf(noRealHelm).each([
  ['helm 3', helm3],
  ['helm 4', helm4],
])('%s', (_name, helm) => {
  describe.each(realChart ? [smallChart, realChart] : [smallChart])('%s', (chart) => {
    it.each(cases)('%s', async (_what, changes, extras) => {
      const made = await render(helm, chart, toValues(parametersWith(changes), targetFor('orders')));
      const kinds = [...new Set(made.map(nameOf))].sort();
      expect(kinds).toContain('statefulsets.apps');
      for (const verb of ['get', 'create', 'patch'])
        expect(named('install', verb, extras)).toEqual(expect.arrayContaining(kinds));
      for (const verb of ['get', 'create', 'patch', 'delete'])
        expect(named('set', verb, extras)).toEqual(expect.arrayContaining(kinds));
      // The volume of the backups stays.
      const going = kinds.filter((kind) => kind !== 'persistentvolumeclaims');
      expect(named('uninstall', 'delete', extras)).toEqual(expect.arrayContaining(going));
    });

    it('the shape that most releases of plain helm have', async () => {
      const made = await render(helm, chart, {auth: {existingSecret: 'given'}});
      expect(named('adopt', 'patch', [])).toEqual(expect.arrayContaining([...new Set(made.map(nameOf))]));
    });
  });
});
