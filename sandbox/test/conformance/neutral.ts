// The part of an answer that must be the same on both clusters: everything but what each of them invents, and what only
// one of them keeps.

const invented = new Set([
  ...[
    'uid',
    'resourceVersion',
    'creationTimestamp',
    'deletionTimestamp',
    'managedFields',
    'selfLink',
    'clusterIP',
    'clusterIPs',
    'nodePort',
    'healthCheckNodePort',
    'podIP',
    'podIPs',
  ],
  ...[
    'hostIP',
    'hostIPs',
    'lastTransitionTime',
    'lastProbeTime',
    'lastUpdateTime',
    'startTime',
    'startedAt',
    'finishedAt',
    'containerID',
    'imageID',
    'nodeName',
    'volumeName',
    'continue',
    'currentRevision',
    'updateRevision',
  ],
]);

/** The shape of a body: invented values become a dash, and lists of objects keep their order. */
export function neutral(body: unknown): unknown {
  if (Array.isArray(body)) return body.map(neutral);
  if (typeof body !== 'object' || body === null) return body;
  return Object.fromEntries(
    Object.entries(body)
      .filter(([key]) => key !== 'managedFields' && key !== 'selfLink')
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => [key, invented.has(key) ? '-' : neutral(value)]),
  );
}

/** Ages, addresses and hashes in a command's words. */
export function neutralText(text: string): string {
  return text
    .replace(/\b\d+(ms|s|m|h|d)(\d+(s|m|h))?\b/g, 'AGE')
    .replace(/\b\d{1,3}(\.\d{1,3}){3}\b/g, 'ADDRESS')
    .replace(/\b\d{4}-\d\d-\d\d[T ][\d:.]+( ?[+-]\d{4}( UTC)?|Z)?/g, 'TIME')
    .replace(/\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun) \w{3} +\d+ [\d:]+ \d{4}/g, 'TIME')
    .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}\b/g, 'UID')
    .replace(/[ \t]+/g, ' ')
    .trim();
}

/** Where two bodies differ: paths with both values, at most `most`. */
export function differences(real: unknown, sandbox: unknown, most = 8, at = ''): string[] {
  if (JSON.stringify(real) === JSON.stringify(sandbox)) return [];
  const areObjects = typeof real === 'object' && typeof sandbox === 'object' && real !== null && sandbox !== null;
  if (!areObjects || Array.isArray(real) !== Array.isArray(sandbox))
    return [`${at || 'all'}: ${shown(real)} ≠ ${shown(sandbox)}`];
  const keys = [...new Set([...Object.keys(real), ...Object.keys(sandbox)])];
  return keys
    .flatMap((key) =>
      differences(
        (real as Record<string, unknown>)[key],
        (sandbox as Record<string, unknown>)[key],
        most,
        at === '' ? key : `${at}.${key}`,
      ),
    )
    .slice(0, most);
}

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}
