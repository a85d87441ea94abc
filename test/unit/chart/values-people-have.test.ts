// Values that people really have, one of each kind, and what becomes of them: taken as helm takes them, warned of, or
// refused with what to do instead. How helm takes them is held by test/helm/values-as-helm.test.ts.
import {describe, expect, it} from 'vitest';
import {parseExtraValues} from '../../../source/chart/extra-values.ts';
import {secretsIn} from '../../../source/chart/secrets-in-values.ts';
import {tolerationsIn} from '../../../source/chart/placement.ts';
import {at} from '../../../source/chart/tree.ts';

const read = (text: string) => parseExtraValues(text, 'values.yaml');

describe('are taken as helm takes them', () => {
  it('the mode of a mounted script or key, in octal', () => {
    const values = read(
      [
        'primary:',
        '  extraVolumes:',
        '    - name: scripts',
        '      configMap: {name: db-scripts, defaultMode: 0755, optional: true}',
        '    - name: key',
        '      secret: {secretName: db-key, defaultMode: 0400, optional: true}',
      ].join('\n'),
    );
    expect(at(values, ['primary', 'extraVolumes'])).toMatchObject([
      {configMap: {defaultMode: 493}},
      {secret: {defaultMode: 256}},
    ]);
  });

  it('yes, no, on and off', () => {
    expect(read('primary:\n  pdb:\n    create: off\nserviceAccount:\n  create: yes\n')).toEqual({
      primary: {pdb: {create: false}},
      serviceAccount: {create: true},
    });
  });

  it('what several components share, by merge keys', () => {
    const text = 'pod: &pod\n  terminationGracePeriodSeconds: 120\nprimary:\n  <<: *pod\nreadReplicas:\n  <<: *pod\n';
    expect(read(text)).toMatchObject({
      primary: {terminationGracePeriodSeconds: 120},
      readReplicas: {terminationGracePeriodSeconds: 120},
    });
  });

  it('tolerations of both components, which count in what fits', () => {
    const pool = '  tolerations:\n    - {key: dedicated, operator: Equal, value: database, effect: NoSchedule}\n';
    expect(tolerationsIn(read(`primary:\n${pool}readReplicas:\n${pool}`))).toEqual([
      {key: 'dedicated', operator: 'Equal', value: 'database', effect: 'NoSchedule'},
    ]);
  });

  it.each([
    ['a pg_hba.conf', 'primary:\n  pgHbaConfiguration: |\n    local all all trust\n'],
    ['settings of both', 'primary:\n  extendedConfiguration: |\n    max_connections = 300\n'],
    ['an annotation that says where a secret is', 'primary:\n  podAnnotations:\n    x/agent-inject-db-password: a/b\n'],
    ['a service account', 'serviceAccount: {create: false, name: db-runner}\n'],
    ['a ServiceMonitor with labels', 'metrics:\n  serviceMonitor:\n    labels: {release: prometheus}\n'],
  ])('%s', (_, text) => {
    expect(read(text)).not.toEqual({});
    expect(secretsIn(read(text))).toEqual([]);
  });
});

it.each([
  ['a CPU limit', 'primary:\n  resources: {limits: {cpu: "1"}}\n', 'use --cpu-limit instead'],
  ['a priority class', 'primary: {priorityClassName: critical}\n', 'use --priority-class instead'],
  ['an image', 'image: {registry: quay.io, repository: a/b, tag: "17"}\n', 'use --image-source instead'],
  [
    'a node pool',
    'primary:\n  nodeSelector: {workload: database}\n',
    'use --instance-type and --node-selector instead',
  ],
  ['a template of helmfile', 'primary:\n  env: {{ .Environment.Name }}\n', 'helmfile write-values'],
])('are refused with what to do instead: %s', (_, text, words) => {
  expect(() => read(text)).toThrow(words);
});
