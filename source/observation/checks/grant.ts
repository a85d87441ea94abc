// The commands with which an administrator grants what is missing.
import type {Target} from '../snapshot.ts';
import type {Permission, Survey} from '../survey.ts';
import {kubectl} from './messages.ts';

const name = 'pg-helm-install';
const group = 'rbac.authorization.k8s.io';

/** Applies a Role with all required rights in the namespace, and binds it to the user where the user is known. */
export function grantCommand({permissions, user}: Pick<Survey, 'permissions' | 'user'>, target: Target): string {
  const rights = permissions.filter(({required, namespace}) => required && namespace !== null);
  const metadata = `metadata: {name: ${name}, namespace: ${target.namespace}}`;
  const role = ['apiVersion: rbac.authorization.k8s.io/v1', 'kind: Role', metadata, 'rules:', ...rulesOf(rights)];
  const binding = [
    '---',
    'apiVersion: rbac.authorization.k8s.io/v1',
    'kind: RoleBinding',
    metadata,
    `roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: ${name}}`,
    `subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: ${JSON.stringify(user)}}]`,
  ];
  return [`${kubectl(target, 'apply', '-f', '-')} <<'EOF'`, ...role, ...(user === null ? [] : binding), 'EOF'].join(
    '\n',
  );
}

/** Applies a ClusterRole with these rules, and binds it to the user where the user is known. */
export function grantClusterRole(
  target: Target,
  role: string,
  {rules, user}: {readonly rules: readonly string[]; readonly user: string | null},
): string {
  const head = [`apiVersion: ${group}/v1`, 'kind: ClusterRole', `metadata: {name: ${role}}`, 'rules:', ...rules];
  const binding = [
    '---',
    `apiVersion: ${group}/v1`,
    'kind: ClusterRoleBinding',
    `metadata: {name: ${role}}`,
    `roleRef: {apiGroup: ${group}, kind: ClusterRole, name: ${role}}`,
    `subjects: [{apiGroup: ${group}, kind: User, name: ${JSON.stringify(user)}}]`,
  ];
  const lines = [...head, ...(user === null ? [] : binding)];
  return [`${kubectl(target, 'apply', '-f', '-')} <<'EOF'`, ...lines, 'EOF'].join('\n');
}

function rulesOf(rights: readonly Permission[]): readonly string[] {
  const verbs = new Map<string, string[]>();
  for (const {group, resource, verb} of rights) {
    const key = `apiGroups: ["${group}"], resources: ["${resource}"]`;
    verbs.set(key, [...(verbs.get(key) ?? []), verb]);
  }
  return [...verbs].map(([key, all]) => `- {${key}, verbs: [${all.join(', ')}]}`);
}
