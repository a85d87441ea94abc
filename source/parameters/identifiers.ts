// What may be the name of a role, a database, a release, a namespace or an object. Each function returns what is wrong,
// or null.

/** The role that the readers replicate with. Source: chart 16.7.26, values.yaml, auth.replicationUsername. */
export const replicationUser = 'repl_user';

/** The role that the exporter of metrics logs in as. */
export const metricsUser = 'pghi_metrics';

const utf8Bytes = (text: string): number => new TextEncoder().encode(text).length;

function identifierProblem(text: string): string | null {
  if (text === '') return 'it is empty. Use a letter or _, then letters, digits or _.';
  // `$` is legal in PostgreSQL, but the chart's probes pass the name through a shell, which would expand it.
  if (!/^[\p{L}_][\p{L}\p{Nd}_]*$/u.test(text))
    return `"${text}" is not a PostgreSQL identifier. Use a letter or _, then letters, digits or _.`;
  if (utf8Bytes(text) > 63) return `"${text}" has ${utf8Bytes(text)} bytes. PostgreSQL takes at most 63.`;
  return null;
}

/** PostgreSQL: roles `pg_*`, `public` and `none` are reserved; the chart replicates as `repl_user`. */
export function usernameProblem(text: string): string | null {
  if (text === replicationUser)
    return `${replicationUser} is the role that the readers replicate with. Choose another name.`;
  if (text === metricsUser) return `${metricsUser} is the role that reads metrics. Choose another name.`;
  if (/^pg_/i.test(text) || text === 'public' || text === 'none')
    return `PostgreSQL reserves the role name "${text}". Choose another name.`;
  return identifierProblem(text);
}

export function databaseProblem(text: string): string | null {
  if (text === 'template0' || text === 'template1')
    return `"${text}" is a template of PostgreSQL, not a database to work in. Choose another name.`;
  return identifierProblem(text);
}

/** A leading digit would make an invalid Service name. Kubernetes API: Service names are DNS-1035 labels. */
export function releaseNameProblem(release: string): string | null {
  if (/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(release)) return null;
  return (
    `"${release}" cannot be a release name. Use lower-case letters, digits and -, from a letter to a letter ` +
    'or digit.'
  );
}

/** Kubernetes API: a DNS-1123 label. */
export function namespaceProblem(namespace: string): string | null {
  if (/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(namespace)) return null;
  return (
    `"${namespace}" cannot be a namespace. Use at most 63 lower-case letters, digits and -, beginning and ` +
    'ending with a letter or digit.'
  );
}

/** Names of Secrets and StorageClasses. Kubernetes API: a DNS-1123 subdomain. */
export function objectNameProblem(name: string): string | null {
  if (name.length <= 253 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name)) return null;
  return `"${name}" cannot be the name of an object in Kubernetes. Use lower-case letters, digits, - and dots.`;
}

/** The label is on every node that a cloud has made. Kubernetes documentation, Well-Known Labels. */
export const instanceTypeLabel = 'node.kubernetes.io/instance-type';

/** Kubernetes API: label values. */
export function instanceTypeProblem(text: string): string | null {
  if (/^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/.test(text)) return null;
  return (
    `"${text}" cannot be an instance type. Use a value of the nodes' label ${instanceTypeLabel}, such as ` +
    't3.medium, or any.'
  );
}

/** Kubernetes documentation, Labels and Selectors: syntax and character set. The keys of taints have the same. */
export const labelKey = /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?$/;
export const labelValue = /^[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?$/;
