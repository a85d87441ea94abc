// What the API server adds to a pod's specification, in a template or in a pod.
type Fields = Record<string, unknown>;
import {scalarText} from '../../store/scalar-text.ts';

/** A pod template's specification; see podDefaults for what only a pod gets. */
export function podSpecDefaults(spec: Fields): Fields {
  const account = spec['serviceAccountName'] ?? spec['serviceAccount'];
  return {
    ...spec,
    ...mapped(spec, 'containers', containerDefaults),
    ...mapped(spec, 'initContainers', containerDefaults),
    ...mapped(spec, 'volumes', volumeDefaults),
    restartPolicy: spec['restartPolicy'] ?? 'Always',
    terminationGracePeriodSeconds: spec['terminationGracePeriodSeconds'] ?? 30,
    dnsPolicy: spec['dnsPolicy'] ?? 'ClusterFirst',
    ...(account ? {serviceAccountName: account, serviceAccount: account} : {}),
    securityContext: spec['securityContext'] ?? {},
    schedulerName: spec['schedulerName'] ?? 'default-scheduler',
  };
}

/**
 * What a pod gets beyond its template: from the API server itself and from the admission plugins that every cluster
 * has.
 */
export function podDefaults(spec: Fields): Fields {
  const account = spec['serviceAccountName'] ?? 'default';
  const soon = (key: string) => ({
    key: `node.kubernetes.io/${key}`,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: 300,
  });
  const tolerations = (spec['tolerations'] ?? []) as Fields[];
  const added = ['not-ready', 'unreachable']
    .map(soon)
    .filter(({key}) => !tolerations.some((one) => one['key'] === key || (one['operator'] === 'Exists' && !one['key'])));
  return {
    ...spec,
    ...mapped(spec, 'containers', requestsFromLimits),
    ...mapped(spec, 'initContainers', requestsFromLimits),
    serviceAccountName: account,
    serviceAccount: account,
    tolerations: [...tolerations, ...added],
    priority: spec['priority'] ?? 0,
    enableServiceLinks: spec['enableServiceLinks'] ?? true,
    preemptionPolicy: spec['preemptionPolicy'] ?? 'PreemptLowerPriority',
  };
}

export function mapped(fields: Fields, name: string, change: (item: Fields) => Fields): Fields {
  const items = fields[name];
  return Array.isArray(items) ? {[name]: (items as Fields[]).map(change)} : {};
}

function containerDefaults(container: Fields): Fields {
  const image = scalarText(container['image']);
  const latest = !image.includes('@') && (!/:[^/]+$/.test(image) || image.endsWith(':latest'));
  const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'].filter((name) => container[name]);
  return {
    ...container,
    ...mapped(container, 'ports', (port) => ({...port, protocol: port['protocol'] ?? 'TCP'})),
    ...mapped(container, 'env', envDefaults),
    ...Object.fromEntries(probes.map((name) => [name, probeDefaults(container[name] as Fields)])),
    resources: container['resources'] ?? {},
    terminationMessagePath: container['terminationMessagePath'] ?? '/dev/termination-log',
    terminationMessagePolicy: container['terminationMessagePolicy'] ?? 'File',
    imagePullPolicy: container['imagePullPolicy'] ?? (latest ? 'Always' : 'IfNotPresent'),
  };
}

function envDefaults(env: Fields): Fields {
  const from = env['valueFrom'] as {fieldRef?: Fields} | undefined;
  return from?.fieldRef
    ? {...env, valueFrom: {...from, fieldRef: {...from.fieldRef, apiVersion: from.fieldRef['apiVersion'] ?? 'v1'}}}
    : env;
}

function probeDefaults(probe: Fields): Fields {
  const http = probe['httpGet'] as Fields | undefined;
  return {
    ...probe,
    ...(http ? {httpGet: {...http, path: http['path'] ?? '/', scheme: http['scheme'] ?? 'HTTP'}} : {}),
    // Zero means unset here.
    timeoutSeconds: probe['timeoutSeconds'] || 1,
    periodSeconds: probe['periodSeconds'] || 10,
    successThreshold: probe['successThreshold'] || 1,
    failureThreshold: probe['failureThreshold'] || 3,
  };
}

function volumeDefaults(volume: Fields): Fields {
  if (Object.keys(volume).length === 1) return {...volume, emptyDir: {}};
  const withMode = ['secret', 'configMap', 'downwardAPI', 'projected'].filter((name) => volume[name]);
  return {
    ...volume,
    ...Object.fromEntries(withMode.map((name) => [name, {defaultMode: 420, ...(volume[name] as Fields)}])),
  };
}

function requestsFromLimits(container: Fields): Fields {
  const {limits, requests, ...rest} = (container['resources'] ?? {}) as {limits?: Fields; requests?: Fields};
  return limits ? {...container, resources: {...rest, limits, requests: {...limits, ...requests}}} : container;
}
