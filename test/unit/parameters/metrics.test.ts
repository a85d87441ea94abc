// --metrics: what may be said, what follows from the place, and what the chart makes of it.
import {execFile} from 'node:child_process';
import {mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {describe, expect, it} from 'vitest';
import {mountedSecrets} from '../../../source/chart/container-paths.ts';
import {metrics as chartHalf} from '../../../source/chart/parameters/metrics.ts';
import {customMetrics} from '../../../source/chart/custom-metrics.ts';
import {at} from '../../../source/chart/tree.ts';
import {fromValues, toValues} from '../../../source/chart/values.ts';
import {serviceMonitor} from '../../../source/observation/checks/service-monitor.ts';
import {answersFromFlags} from '../../../source/parameters/answers.ts';
import {metrics} from '../../../source/parameters/descriptors/metrics.ts';
import {parametersWith, goodSurvey, wantedWith} from '../../support/fakes/survey.ts';

const nowhere = {nodes: null, storageClasses: null, cloud: null};

describe('--metrics', () => {
  it.each([
    [true, 'on'],
    ['on', 'on'],
    ['OFF', 'off'],
    ['exporter', 'exporter'],
    ['service-monitor', 'service-monitor'],
  ])('%s is %s', (given, answer) => {
    expect(answersFromFlags({metrics: given})).toEqual({metrics: answer});
  });

  it('says what is right', () => {
    expect(() => answersFromFlags({metrics: 'orders'})).toThrow(
      '--metrics: "orders" is none of off, on, exporter, service-monitor.',
    );
  });

  it.each([
    [true, 'service-monitor'],
    [false, 'exporter'],
    [null, 'exporter'],
  ] as const)('on, where ServiceMonitors may be made: %s, is %s', (serviceMonitors, value) => {
    expect(metrics.resolve('on', {}, {...nowhere, serviceMonitors})).toBe(value);
    expect(metrics.resolve(metrics.toAnswer(value), {}, nowhere)).toBe(value);
  });
});

describe('the values', () => {
  const of = (metricsOf: 'exporter' | 'service-monitor') =>
    toValues(parametersWith({metrics: metricsOf}), {fullname: 'orders-postgresql'});

  it('name a file, never a password, and the role of its own', () => {
    const {extraEnvVars} = of('exporter')['metrics'] as {extraEnvVars: unknown};
    expect(extraEnvVars).toEqual([
      {name: 'DATA_SOURCE_NAME', value: 'postgresql://pghi_metrics@127.0.0.1:5432/postgres?sslmode=disable'},
      {name: 'PGPASSFILE', value: '/tmp/.pghi-metrics.pgpass'},
    ]);
  });

  it.each([
    ['letters and digits', 'Ab3', '*:*:*:pghi_metrics:Ab3\n'],
    ['what a password file escapes, and a line end', 'a:b\\c$d\n', '*:*:*:pghi_metrics:a\\:b\\\\c$d\n'],
    ['nothing', null, null],
  ])('have the database write that file when it starts: %s', async (_what, password, written) => {
    const folder = mkdtempSync(join(tmpdir(), 'pghi-hook-'));
    if (password !== null) writeFileSync(join(folder, 'metrics-password'), password);
    for (const component of ['primary', 'readReplicas']) {
      const hooks = at(of('exporter'), [component, 'lifecycleHooks']);
      expect(at(hooks, ['preStop'])).toBeDefined();
      const [program = '', ...words] = at(hooks, ['postStart', 'exec', 'command']) as string[];
      const here = words.map((word) => word.replace(mountedSecrets, folder).replace('/tmp/.pghi', `${folder}/.pghi`));
      // Ends with 0 whatever it finds: Kubernetes stops a container whose hook does not.
      await promisify(execFile)(program, here);
      const file = join(folder, '.pghi-metrics.pgpass');
      if (written === null) expect(readdirSync(folder)).toEqual([]);
      else expect([readFileSync(file, 'utf8'), statSync(file).mode & 0o777]).toEqual([written, 0o600]);
    }
  });

  it('of a release whose exporter has its password in its environment are read, and become these', () => {
    const now = of('exporter');
    const secretKeyRef = {name: 'orders-postgresql-auth', key: 'metrics-password', optional: true};
    const source = 'postgresql://pghi_metrics:$(EXPORTER_PASSWORD)@127.0.0.1:5432/postgres?sslmode=disable';
    const extraEnvVars = [
      {name: 'EXPORTER_PASSWORD', valueFrom: {secretKeyRef}},
      {name: 'DATA_SOURCE_NAME', value: source},
    ];
    const before = {...now, metrics: {...(now['metrics'] as object), extraEnvVars}};
    const read = fromValues(before);
    expect(read).toEqual(parametersWith({metrics: 'exporter'}));
    expect(read && toValues(read, {fullname: 'orders-postgresql'})).toEqual(now);
  });

  it('are read back', () => {
    expect(fromValues(of('exporter'))?.metrics).toBe('exporter');
    expect(fromValues(of('service-monitor'))?.metrics).toBe('service-monitor');
  });

  it('leave an exporter of --values what it is, and do not mix with it', () => {
    const extraValues = {metrics: {enabled: true, collectors: {wal: false}}};
    const values = toValues(parametersWith({extraValues}), {fullname: 'orders-postgresql'});
    expect(fromValues(values)).toEqual(parametersWith({extraValues}));
    expect(chartHalf.read(values)).toBe('off');
    expect(() => toValues(parametersWith({extraValues, metrics: 'exporter'}), {fullname: 'orders-postgresql'})).toThrow(
      'metrics.enabled of the extra values contradicts --metrics',
    );
  });

  it('take labels for the ServiceMonitor, and other resources', () => {
    const extraValues = {metrics: {resources: {limits: {memory: '1Gi'}}, serviceMonitor: {labels: {release: 'prom'}}}};
    const wanted = parametersWith({extraValues, metrics: 'service-monitor'});
    const values = toValues(wanted, {fullname: 'orders-postgresql'});
    expect(values['metrics']).toMatchObject({
      resources: {requests: {memory: '96Mi'}, limits: {memory: '1Gi'}},
      serviceMonitor: {enabled: true, labels: {release: 'prom'}},
    });
    expect(fromValues(values)).toEqual(wanted);
  });

  it('hold no template of helm in the queries', () => {
    expect(JSON.stringify(customMetrics)).not.toContain('{{');
  });
});

describe('a ServiceMonitor', () => {
  const asked = wantedWith({parameters: {metrics: 'service-monitor'}});
  it('is refused where the cluster has none, and let pass where it has, or does not say', () => {
    const found = (serviceMonitors: boolean | null) => serviceMonitor(goodSurvey({serviceMonitors}), asked);
    expect(found(false)).toMatchObject([{severity: 'refuse', cause: {code: 'BAD_INPUT'}}]);
    expect(found(true)).toEqual([]);
    expect(found(null)).toEqual([]);
    expect(
      serviceMonitor(goodSurvey({serviceMonitors: false}), wantedWith({parameters: {metrics: 'exporter'}})),
    ).toEqual([]);
  });

  // As people write it who come from the chart.
  it.each([
    [{enabled: true, serviceMonitor: {enabled: true, labels: {release: 'prometheus'}}}, true],
    [{enabled: true, serviceMonitor: {enabled: false}}, false],
    // The chart makes none without an exporter.
    [{serviceMonitor: {enabled: true}}, false],
    [{enabled: true}, false],
  ])('of the extra values is judged alike: %j, refused: %s', (given, isRefused) => {
    const inValues = wantedWith({parameters: {extraValues: {metrics: given}}});
    const found = serviceMonitor(goodSurvey({serviceMonitors: false}), inValues);
    expect(found).toHaveLength(isRefused ? 1 : 0);
    if (isRefused) {
      expect(found).toMatchObject([{severity: 'refuse', cause: {code: 'BAD_INPUT'}}]);
      expect(JSON.stringify(found)).toContain('metrics.serviceMonitor.enabled');
      expect(JSON.stringify(found)).not.toContain('--metrics service-monitor');
    }
    expect(serviceMonitor(goodSurvey({serviceMonitors: true}), inValues)).toEqual([]);
  });

  it('of the extra values has a sibling: a PrometheusRule, which is refused without its kind as well', () => {
    const rule = {enabled: true, prometheusRule: {enabled: true, rules: []}};
    const found = (prometheusRules: boolean | null, metricsOf: object = rule) =>
      serviceMonitor(goodSurvey({prometheusRules}), wantedWith({parameters: {extraValues: {metrics: metricsOf}}}));
    expect(found(false)).toMatchObject([{severity: 'refuse', cause: {code: 'BAD_INPUT'}}]);
    expect(JSON.stringify(found(false))).toContain('metrics.prometheusRule.enabled');
    expect([found(true), found(null), found(false, {...rule, enabled: false})]).toEqual([[], [], []]);
    // Beside the exporter of --metrics, the chart makes one too.
    const both = wantedWith({
      parameters: {metrics: 'exporter', extraValues: {metrics: {prometheusRule: {enabled: true}}}},
    });
    expect(serviceMonitor(goodSurvey({prometheusRules: false}), both)).toHaveLength(1);
  });
});
