// A place where everything is as it should be, and what an operator wants there: for tests to vary.
import {fullnameOf} from '../../../source/chart/names.ts';
import type {Finding, InstallContext} from '../../../source/observation/checks/rule.ts';
import type {
  PersistentVolumeClaim,
  Node,
  ObjectMetadata,
  StorageClass,
} from '../../../source/observation/kubernetes.ts';
import type {OperationRecord, Revision, Target} from '../../../source/observation/snapshot.ts';
import type {Survey} from '../../../source/observation/survey.ts';
import type {Parameters} from '../../../source/parameters/parameters.ts';
import {ordinary} from '../arbitrary-parameters.ts';

export function targetFor(release = 'orders'): Target {
  return {context: 'prod-eu', namespace: 'team-a', release, fullname: fullnameOf(release)};
}

export function goodSurvey(changes: Partial<Survey> = {}): Survey {
  return {
    takenAt: Date.parse('2026-01-02T03:04:05Z'),
    target: targetFor(),
    kubernetesVersion: '1.34.4',
    user: 'dev',
    permissions: [],
    namespace: {state: 'exists', podSecurity: null},
    nodes: [node('node0'), node('node1'), node('node2')],
    nodeUse: {},
    storageClasses: [storageClassNamed('standard')],
    quotas: [],
    limitRanges: [],
    claims: [],
    sameNames: [],
    secret: null,
    pullSecretExists: null,
    release: {revisions: [], values: null},
    operation: null,
    ...changes,
  };
}

/** An ordinary installation on a small cluster whose images come from a mirror. */
export function parametersWith(changes: Partial<Parameters> = {}): Parameters {
  return {
    ...ordinary,
    storageClass: 'standard',
    cpu: '500m',
    memory: '1Gi',
    images: {source: 'mirror:registry.example', tag: '17.6.0', digest: null, pullSecret: null},
    ...changes,
  };
}

export function wantedWith(
  changes: Partial<Omit<InstallContext, 'parameters'>> & {readonly parameters?: Partial<Parameters>} = {},
): InstallContext {
  return {
    target: targetFor(),
    explicit: new Set(),
    requireEncryption: false,
    passwordGiven: false,
    existing: null,
    chart: {source: 'oci://registry.example/postgresql', version: '16.7.26'},
    ...changes,
    parameters: parametersWith(changes.parameters),
  };
}

export function node(
  name: string,
  {
    type = 't3.medium',
    cpu = '2',
    memory = '4Gi',
    ...spec
  }: {type?: string; cpu?: string; memory?: string} & Node['spec'] = {},
): Node {
  return {
    metadata: {name, labels: {'node.kubernetes.io/instance-type': type}},
    spec,
    status: {allocatable: {cpu, memory}, conditions: [{type: 'Ready', status: 'True'}]},
  };
}

export function storageClassNamed(name: string, changes: Partial<StorageClass> = {}): StorageClass {
  return {metadata: {name}, provisioner: 'pd.csi.storage.gke.io', allowVolumeExpansion: true, ...changes};
}

export function claim(
  name: string,
  capacity = '20Gi',
  metadata: Partial<PersistentVolumeClaim['metadata']> = {},
): PersistentVolumeClaim {
  return {
    metadata: {name, ...metadata},
    spec: {storageClassName: 'standard'},
    status: {phase: 'Bound', capacity: {storage: capacity}},
  };
}

export function secretWith(changes: Partial<NonNullable<Survey['secret']>> = {}): NonNullable<Survey['secret']> {
  return {
    name: 'orders-postgresql-auth',
    keys: ['postgres-password', 'password', 'replication-password'],
    ours: true,
    passwordMatches: null,
    ...changes,
  };
}

export function revision(changes: Partial<Revision> = {}): Revision {
  return {
    revision: 1,
    status: 'deployed',
    updatedAt: '2026-01-01T00:00:00Z',
    chartVersion: '16.7.26',
    chartName: 'postgresql',
    appVersion: '17.6.0',
    description: '',
    ...changes,
  };
}

export function operation(changes: Partial<OperationRecord> = {}): OperationRecord {
  return {
    kind: 'install',
    holder: 'alice@laptop/42/7',
    holderIsAlive: true,
    startedAt: '2026-01-02T03:00:00Z',
    renewedAt: '2026-01-02T03:04:00Z',
    wanted: null,
    ...changes,
  };
}

/** An object with the marks that helm leaves. */
export function helmObject(
  kind: string,
  name: string,
  release: string,
  changes: Partial<ObjectMetadata['metadata']> = {},
): ObjectMetadata {
  return {
    kind,
    metadata: {
      name,
      annotations: {'meta.helm.sh/release-name': release, 'meta.helm.sh/release-namespace': 'team-a'},
      ...changes,
    },
  };
}

/** `refuse RELEASE_EXISTS`, `warn NO_READERS`, … */
export function codesOf(findings: readonly Finding[]): readonly string[] {
  return findings.map((finding) =>
    finding.severity === 'refuse' ? `refuse ${finding.cause.code}` : `warn ${finding.warning.code}`,
  );
}

/** All that a user would read of the findings. */
export function textOf(findings: readonly Finding[]): string {
  return findings
    .flatMap((finding) =>
      finding.severity === 'warn'
        ? [finding.warning.message]
        : [
            finding.cause.message,
            ...finding.cause.evidence,
            ...finding.cause.remedies.flatMap(({title, command = ''}) => [title, command]),
          ],
    )
    .join('\n');
}
