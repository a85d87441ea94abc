// The commands with which an administrator grants what is missing.
import {inOrder, type CommandName} from '../../commands/permissions.ts';
import type {Target} from '../snapshot.ts';
import type {Permission} from '../survey.ts';
import {kubectl} from '../../commands/kubectl.ts';

const group = 'rbac.authorization.k8s.io';

/**
 * Applies a Role with all required rights in the namespace, and binds it to the user where the user is known. The Role
 * is named after the command, so that it does not replace what was granted for another one.
 */
export function grantCommand(
  command: CommandName,
  permissions: readonly Permission[],
  user: string | null,
  target: Target,
): string {
  const rules = rulesOf(permissions.filter(({required, namespace}) => required && namespace !== null));
  return applyRole(target, {kind: 'Role', name: `pg-helm-install-to-${command}`, rules}, user);
}

/** Applies a ClusterRole with these rules, and binds it to the user where the user is known. */
export function grantClusterRole(
  target: Target,
  name: string,
  {rules, user}: {readonly rules: readonly string[]; readonly user: string | null},
): string {
  return applyRole(target, {kind: 'ClusterRole', name, rules}, user);
}

interface Role {
  readonly kind: 'Role' | 'ClusterRole';
  readonly name: string;
  readonly rules: readonly string[];
}

function applyRole(target: Target, {kind, name, rules}: Role, user: string | null): string {
  const metadata = `metadata: {name: ${name}${kind === 'Role' ? `, namespace: ${target.namespace}` : ''}}`;
  const role = [`apiVersion: ${group}/v1`, `kind: ${kind}`, metadata, 'rules:', ...rules];
  const binding = [
    '---',
    `apiVersion: ${group}/v1`,
    `kind: ${kind}Binding`,
    metadata,
    `roleRef: {apiGroup: ${group}, kind: ${kind}, name: ${name}}`,
    `subjects: [{apiGroup: ${group}, kind: User, name: ${JSON.stringify(user)}}]`,
  ];
  const lines = [...role, ...(user === null ? [] : binding)];
  return [`${kubectl(target, 'apply', '-f', '-')} <<'EOF'`, ...lines, 'EOF'].join('\n');
}

function rulesOf(rights: readonly Permission[]): readonly string[] {
  const verbs = new Map<string, string[]>();
  for (const {group, resource, verb} of rights) {
    const key = `apiGroups: ["${group}"], resources: ["${resource}"]`;
    verbs.set(key, [...(verbs.get(key) ?? []), verb]);
  }
  return [...verbs].map(([key, all]) => `- {${key}, verbs: [${inOrder(all).join(', ')}]}`);
}
