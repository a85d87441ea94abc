// Bodies in protobuf: helm writes its release Secrets, and kubectl what it creates itself, in no other way. Answers are always JSON.
// Field numbers: k8s.io/api, generated.proto.

/** number name type: s text, y bytes, i integer, b boolean, t time, q quantity, x integer or text, else a message; [list] {map from text}. */
const messages: Readonly<Record<string, string>> = {
  TypeMeta: '1 apiVersion s, 2 kind s',
  ObjectMeta:
    '1 name s, 2 generateName s, 3 namespace s, 5 uid s, 6 resourceVersion s, 7 generation i, 8 creationTimestamp t, 9 deletionTimestamp t, 10 deletionGracePeriodSeconds i, 11 labels {s}, 12 annotations {s}, 13 ownerReferences [OwnerReference], 14 finalizers [s]',
  OwnerReference: '1 kind s, 3 name s, 4 uid s, 5 apiVersion s, 6 controller b, 7 blockOwnerDeletion b',
  Secret: '1 metadata ObjectMeta, 2 data {y}, 3 type s, 4 stringData {s}, 5 immutable b',
  ConfigMap: '1 metadata ObjectMeta, 2 data {s}, 3 binaryData {y}, 4 immutable b',
  Namespace: '1 metadata ObjectMeta, 2 spec NamespaceSpec',
  NamespaceSpec: '1 finalizers [s]',
  ServiceAccount: '1 metadata ObjectMeta, 2 secrets [ObjectReference], 3 imagePullSecrets [LocalObjectReference], 4 automountServiceAccountToken b',
  ObjectReference: '1 kind s, 2 namespace s, 3 name s, 4 uid s, 5 apiVersion s, 6 resourceVersion s, 7 fieldPath s',
  LocalObjectReference: '1 name s',
  DeleteOptions: '1 gracePeriodSeconds i, 2 preconditions Preconditions, 3 orphanDependents b, 4 propagationPolicy s, 5 dryRun [s]',
  Preconditions: '1 uid s, 2 resourceVersion s',
  Eviction: '1 metadata ObjectMeta, 2 deleteOptions DeleteOptions',
  Role: '1 metadata ObjectMeta, 2 rules [PolicyRule]',
  PolicyRule: '1 verbs [s], 2 apiGroups [s], 3 resources [s], 4 resourceNames [s], 5 nonResourceURLs [s]',
  RoleBinding: '1 metadata ObjectMeta, 2 subjects [Subject], 3 roleRef RoleRef',
  Subject: '1 kind s, 2 apiGroup s, 3 name s, 4 namespace s',
  RoleRef: '1 apiGroup s, 2 kind s, 3 name s',
  ResourceQuota: '1 metadata ObjectMeta, 2 spec ResourceQuotaSpec',
  ResourceQuotaSpec: '1 hard {q}, 2 scopes [s]',
  PodDisruptionBudget: '1 metadata ObjectMeta, 2 spec PodDisruptionBudgetSpec',
  PodDisruptionBudgetSpec: '1 minAvailable x, 2 selector LabelSelector, 3 maxUnavailable x, 4 unhealthyPodEvictionPolicy s',
  LabelSelector: '1 matchLabels {s}, 2 matchExpressions [LabelSelectorRequirement]',
  LabelSelectorRequirement: '1 key s, 2 operator s, 3 values [s]',
  Service: '1 metadata ObjectMeta, 2 spec ServiceSpec',
  ServiceSpec: '1 ports [ServicePort], 2 selector {s}, 3 clusterIP s, 4 type s, 5 externalIPs [s], 7 sessionAffinity s, 10 externalName s',
  ServicePort: '1 name s, 2 protocol s, 3 port i, 4 targetPort x, 5 nodePort i, 6 appProtocol s',
  SelfSubjectAccessReview: '1 metadata ObjectMeta, 2 spec SelfSubjectAccessReviewSpec',
  SelfSubjectAccessReviewSpec: '1 resourceAttributes ResourceAttributes, 2 nonResourceAttributes NonResourceAttributes',
  ResourceAttributes: '1 namespace s, 2 verb s, 3 group s, 4 version s, 5 resource s, 6 subresource s, 7 name s',
  NonResourceAttributes: '1 path s, 2 verb s',
  SelfSubjectRulesReview: '1 metadata ObjectMeta, 2 spec SelfSubjectRulesReviewSpec',
  SelfSubjectRulesReviewSpec: '1 namespace s',
  SelfSubjectReview: '1 metadata ObjectMeta',
};

type Value = number | Buffer;

/** @returns the object; null where it is of a kind that this does not know, or no protobuf of Kubernetes at all */
export function decodeProtobuf(body: Buffer): Record<string, unknown> | null {
  if (body.subarray(0, 4).toString('latin1') !== 'k8s\0') return null;
  const unknown = fieldsIn(body.subarray(4));
  const [type] = unknown.get(1) ?? [];
  const [raw = Buffer.alloc(0)] = unknown.get(2) ?? [];
  if (!Buffer.isBuffer(type) || !Buffer.isBuffer(raw)) return null;
  const {apiVersion, kind} = message('TypeMeta', type) as {apiVersion?: string; kind?: string};
  if (kind === undefined || !(kind in messages)) return null;
  return {apiVersion, kind, ...message(kind, raw)};
}

function message(name: string, bytes: Buffer): Record<string, unknown> {
  const found = fieldsIn(bytes);
  const result: Record<string, unknown> = {};
  for (const row of (messages[name] ?? '').split(', ')) {
    const [number, field = '', type = ''] = row.split(' ');
    const values = found.get(Number(number));
    if (!values?.length) continue;
    if (type.startsWith('[')) result[field] = values.map((value) => decoded(type.slice(1, -1), value));
    else if (type.startsWith('{')) result[field] = Object.fromEntries(values.map((value) => entry(type.slice(1, -1), value)));
    else {
      const [last] = values.slice(-1);
      const value = last === undefined ? undefined : decoded(type, last);
      // A text that is empty, or a time that is zero, was not set.
      if (value !== '' && value !== undefined) result[field] = value;
    }
  }
  return result;
}

function entry(type: string, value: Value): [string, unknown] {
  const pair = fieldsIn(Buffer.isBuffer(value) ? value : Buffer.alloc(0));
  const [key = Buffer.alloc(0)] = pair.get(1) ?? [];
  const [content = Buffer.alloc(0)] = pair.get(2) ?? [];
  return [key.toString(), decoded(type, content)];
}

function decoded(type: string, value: Value): unknown {
  if (!Buffer.isBuffer(value)) return type === 'b' ? value !== 0 : value;
  if (type === 's') return value.toString('utf8');
  if (type === 'y') return value.toString('base64');
  const first = (number: number) => fieldsIn(value).get(number)?.[0];
  if (type === 't') {
    const seconds = first(1);
    return typeof seconds === 'number' && seconds > 0 ? new Date(seconds * 1000).toISOString().replace('.000Z', 'Z') : undefined;
  }
  if (type === 'q') return first(1)?.toString() ?? '0';
  // IntOrString: 1 type (0 integer), 2 integer, 3 text
  if (type === 'x') return first(1) === 1 ? (first(3)?.toString() ?? '') : (first(2) ?? 0);
  return message(type, value);
}

function fieldsIn(bytes: Buffer): Map<number, Value[]> {
  const found = new Map<number, Value[]>();
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; at < bytes.length; shift += 7n) {
      const byte = bytes[at++] ?? 0;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    return Number(BigInt.asIntN(64, value));
  };
  while (at < bytes.length) {
    const key = varint();
    const wire = key & 7;
    let value: Value = 0;
    if (wire === 0) value = varint();
    else {
      const length = wire === 2 ? varint() : wire === 1 ? 8 : 4;
      value = bytes.subarray(at, at + length);
      at += length;
    }
    found.set(key >>> 3, [...(found.get(key >>> 3) ?? []), value]);
  }
  return found;
}
