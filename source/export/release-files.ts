// Files with which other tools make the same release: its chart, its version and its values, as helm has them. No
// password is in them: the values name the Secret.
import {writeHelmYaml} from '../chart/helm-yaml.ts';
import {objectNames, type Naming} from '../chart/names.ts';
import {secretKeysOf} from '../chart/secret-keys.ts';
import type {Values} from '../chart/tree.ts';
import {badInput} from '../core/cause.ts';
import {commandLine} from '../core/shell.ts';

export const releaseFormats = ['helm', 'argocd', 'flux', 'helmfile'] as const;
export type ReleaseFormat = (typeof releaseFormats)[number];

export interface ExportedRelease extends Naming {
  readonly release: string;
  readonly namespace: string;
  readonly values: Values;
  /** A path, or `oci://REGISTRY[/PATH]/NAME`, and a version. */
  readonly chart: {readonly source: string; readonly version: string};
}

export interface ExportedFile {
  readonly name: string;
  /** The text ends in a line break. */
  readonly text: string;
}

/**
 * The first file is the one that the tool is given. @throws UserError BAD_INPUT for a chart that the tool cannot reach
 */
export function releaseFiles(
  format: ReleaseFormat,
  release: ExportedRelease,
): readonly [ExportedFile, ...ExportedFile[]] {
  switch (format) {
    case 'helm':
      return [valuesFile(release, helmCommand(release))];
    case 'argocd':
      return [{name: `${release.release}-application.yaml`, text: documents(release, [application(release)])}];
    case 'flux':
      return [{name: `${release.release}-helmrelease.yaml`, text: documents(release, fluxObjects(release))}];
    case 'helmfile':
      return [
        {name: 'helmfile.yaml', text: documents(release, [helmfile(release)])},
        // A file of its own: helmfile reads its own file as a template, and these values hold templates of the chart.
        valuesFile(release, 'helmfile apply'),
      ];
  }
}

function valuesFile(release: ExportedRelease, command: string): ExportedFile {
  const text = `${comment([`${command}`, ...aboutSecret(release)])}${writeHelmYaml(release.values)}`;
  return {name: valuesName(release), text};
}

const valuesName = ({release}: ExportedRelease) => `${release}-values.yaml`;

function helmCommand({release, namespace, chart, ...rest}: ExportedRelease): string {
  const version = chart.source.startsWith('oci://') ? ['--version', chart.version] : [];
  const file = valuesName({release, namespace, chart, ...rest});
  return commandLine('helm', ['upgrade', '--install', release, chart.source, ...version, '-n', namespace, '-f', file]);
}

function aboutSecret(release: ExportedRelease): readonly string[] {
  const keys = [...new Set(Object.values(secretKeysOf(release)))].join(', ');
  return [
    `The passwords are in the Secret ${objectNames(release).secret} of the namespace ${release.namespace}`,
    `(keys ${keys}).`,
    'It is there before the release is made, and it is not in this file.',
  ];
}

function documents(release: ExportedRelease, objects: readonly object[]): string {
  return comment(aboutSecret(release)) + objects.map((one) => writeHelmYaml(one)).join('---\n');
}

function comment(lines: readonly string[]): string {
  return lines.map((line) => `# ${line}\n`).join('');
}

/** As text, because an object of values would lose its nulls, each of which removes a default of the chart. */
const valuesText = ({values}: ExportedRelease): string => writeHelmYaml(values);

/** Argo CD documentation, Application: the address of a chart in an OCI registry has no scheme. */
function application(exported: ExportedRelease): object {
  const {release, namespace, chart} = exported;
  const {registry, name} = inRegistry(chart.source, 'Argo CD');
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {name: release, namespace: 'argocd'},
    spec: {
      project: 'default',
      destination: {server: 'https://kubernetes.default.svc', namespace},
      source: {
        repoURL: registry,
        chart: name,
        targetRevision: chart.version,
        helm: {releaseName: release, values: valuesText(exported)},
      },
    },
  };
}

/** Flux documentation: HelmRepository of type oci, and a HelmRelease whose values are text in a ConfigMap. */
function fluxObjects(exported: ExportedRelease): readonly object[] {
  const {release, namespace, chart} = exported;
  const {registry, name} = inRegistry(chart.source, 'Flux');
  const repository = `${release}-charts`;
  const values = `${release}-values`;
  return [
    {
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind: 'HelmRepository',
      metadata: {name: repository, namespace},
      spec: {type: 'oci', interval: '1h', url: `oci://${registry}`},
    },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {name: values, namespace},
      data: {'values.yaml': valuesText(exported)},
    },
    {
      apiVersion: 'helm.toolkit.fluxcd.io/v2',
      kind: 'HelmRelease',
      metadata: {name: release, namespace},
      spec: {
        interval: '1h',
        releaseName: release,
        targetNamespace: namespace,
        chart: {
          spec: {chart: name, version: chart.version, sourceRef: {kind: 'HelmRepository', name: repository, namespace}},
        },
        valuesFrom: [{kind: 'ConfigMap', name: values}],
        // Pods restart only when somebody says so, so there is nothing for Flux to wait for, or to roll back.
        install: {disableWait: true},
        upgrade: {disableWait: true, remediation: {retries: 0}},
      },
    },
  ];
}

function helmfile(exported: ExportedRelease): object {
  const {release, namespace, chart} = exported;
  const version = chart.source.startsWith('oci://') ? {version: chart.version} : {};
  return {
    releases: [
      {name: release, namespace, chart: chart.source, ...version, wait: false, values: [`./${valuesName(exported)}`]},
    ],
  };
}

/** @throws UserError BAD_INPUT for a chart on this machine */
function inRegistry(source: string, tool: string): {readonly registry: string; readonly name: string} {
  const [, registry, name] = /^oci:\/\/(.+)\/([^/]+)$/.exec(source) ?? [];
  if (registry !== undefined && name !== undefined) return {registry, name};
  throw badInput(
    `${tool} takes charts from a registry, and ${source} is on this machine. Name one with --chart, such as ` +
      'oci://registry.example.com/charts/postgresql.',
  );
}
