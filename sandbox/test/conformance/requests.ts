// What clients ask of the API, one after the other in a namespace of its own: the same on both clusters.
import type {ApiRequest} from './place.ts';

export interface Asked extends ApiRequest {
  /** The row's words in the table. */
  readonly title: string;
  /**
   * Which part of the body must be the same; null: only the code, because the bodies differ (in how many kinds there
   * are, say).
   */
  readonly part: ((body: Body) => unknown) | null;
  /** The request is repeated on the real cluster until this holds: its controllers take a moment. */
  readonly until?: (body: Body) => boolean;
}

/* eslint-disable @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-member-access,
  @typescript-eslint/no-unsafe-return -- a row takes what it compares out of a body, whose kind the row alone knows. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- bodies of any kind
type Body = any;

const all = (body: Body): unknown => body;
const spec = (body: Body): unknown => ({
  kind: body.kind,
  apiVersion: body.apiVersion,
  spec: body.spec,
  message: body.message,
});
const status = ({kind, status: outcome, reason, message, code}: Body) => ({
  kind,
  status: outcome,
  reason,
  message,
  code,
});
const data = (body: Body): unknown => ({
  data: body.data,
  labels: body.metadata?.labels,
  annotations: body.metadata?.annotations,
  message: body.message,
});
const names = (body: Body): unknown => ({kind: body.kind, items: body.items?.map((item: Body) => item.metadata.name)});
const columns = (body: Body): unknown => ({
  kind: body.kind,
  columns: body.columnDefinitions?.map(({name}: {name: string}) => name),
  rows: body.rows?.map(({cells}: Body) => cells[0]),
});
const generation = (body: Body): unknown => body.metadata?.generation;

const ns = '/api/v1/namespaces/NS';
const configMap = (extra: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {name: 'settings', labels: {team: 'a'}, ...extra},
  data: {a: '1', b: '2'},
});
const merge = 'application/merge-patch+json';
const json = 'application/json-patch+json';
const strategic = 'application/strategic-merge-patch+json';
const apply = 'application/apply-patch+yaml';
const table = 'application/json;as=Table;v=v1;g=meta.k8s.io';
const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {name: 'web'},
  spec: {selector: {app: 'web'}, ports: [{name: 'http', port: 80}]},
};
const claim = (size: string, storageClassName: string) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: {name: `claim-${storageClassName}`},
  spec: {accessModes: ['ReadWriteOnce'], storageClassName, resources: {requests: {storage: size}}},
});
const set = {
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: {name: 'db'},
  spec: {
    serviceName: 'db',
    replicas: 0,
    selector: {matchLabels: {app: 'db'}},
    template: {
      metadata: {labels: {app: 'db'}},
      spec: {
        containers: [
          {
            name: 'main',
            image: 'docker.io/bitnamilegacy/postgresql:17.6.0-debian-12-r4',
            env: [
              {name: 'A', value: '1'},
              {name: 'B', value: '2'},
            ],
          },
        ],
      },
    },
  },
};
const sets = '/apis/apps/v1/namespaces/NS/statefulsets';

export const requests: readonly Asked[] = [
  {title: 'version', method: 'GET', path: '/version', part: ({major, minor}) => ({major, minor})},
  {title: 'ready', method: 'GET', path: '/readyz', part: all},
  {
    title: 'groups, one by one',
    method: 'GET',
    path: '/apis/apps/v1',
    part: ({resources}) =>
      resources
        .filter(({name}: {name: string}) => /^statefulsets/.test(name))
        .map(({name, namespaced, kind}: Body) => ({name, namespaced, kind})),
  },
  {title: 'a group that is not there', method: 'GET', path: '/apis/nothing.example/v1', part: null},
  {
    title: 'OpenAPI v3, the index',
    method: 'GET',
    path: '/openapi/v3',
    part: ({paths}) => 'apis/apps/v1' in paths && 'api/v1' in paths,
  },
  {
    title: 'who am I',
    method: 'POST',
    path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
    body: {apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview'},
    part: ({kind}) => kind,
  },
  {
    title: 'may I',
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: {resourceAttributes: {verb: 'create', resource: 'pods', namespace: 'NS'}},
    },
    part: (body) => body.status.allowed,
  },

  {title: 'create', method: 'POST', path: `${ns}/configmaps`, body: configMap(), part: all},
  {title: 'create what is there', method: 'POST', path: `${ns}/configmaps`, body: configMap(), part: status},
  {
    title: 'create in a namespace that is not there',
    method: 'POST',
    path: '/api/v1/namespaces/not-here/configmaps',
    body: configMap(),
    part: status,
  },
  {
    title: 'create with a name that cannot be',
    method: 'POST',
    path: `${ns}/configmaps`,
    body: configMap({name: 'Not_A_Name'}),
    part: ({kind, reason, code}) => ({kind, reason, code}),
  },
  {
    title: 'create with a generated name',
    method: 'POST',
    path: `${ns}/configmaps`,
    body: {apiVersion: 'v1', kind: 'ConfigMap', metadata: {generateName: 'made-'}},
    part: (body) => body.metadata.name.length,
  },
  {
    title: 'create, dry run',
    method: 'POST',
    path: `${ns}/configmaps?dryRun=All`,
    body: configMap({name: 'dry'}),
    part: all,
  },
  {title: 'a dry run leaves nothing', method: 'GET', path: `${ns}/configmaps/dry`, part: status},
  {title: 'get', method: 'GET', path: `${ns}/configmaps/settings`, part: all},
  {title: 'get what is not there', method: 'GET', path: `${ns}/configmaps/nothing`, part: status},
  {title: 'list by label', method: 'GET', path: `${ns}/configmaps?labelSelector=team%3Da`, part: names},
  {
    title: 'list by a set of labels',
    method: 'GET',
    path: `${ns}/configmaps?labelSelector=team%20in%20(a%2Cb)%2C!other`,
    part: names,
  },
  {title: 'list by field', method: 'GET', path: `${ns}/configmaps?fieldSelector=metadata.name%3Dsettings`, part: names},
  {
    title: 'list by a field that cannot be',
    method: 'GET',
    path: `${ns}/configmaps?fieldSelector=data.a%3D1`,
    part: ({reason, code}) => ({reason, code}),
  },
  {
    title: 'list metadata alone',
    method: 'GET',
    path: `${ns}/configmaps?labelSelector=team%3Da`,
    accept: metadataOnly,
    part: ({kind, items}) => ({kind, items}),
  },
  {
    title: 'list as a table',
    method: 'GET',
    path: `${ns}/configmaps?labelSelector=team%3Da`,
    accept: table,
    part: columns,
  },
  {
    title: 'replace',
    method: 'PUT',
    path: `${ns}/configmaps/settings`,
    body: {...configMap(), data: {a: '3'}},
    part: data,
  },
  {
    title: 'replace with an old resourceVersion',
    method: 'PUT',
    path: `${ns}/configmaps/settings`,
    body: configMap({resourceVersion: '1'}),
    part: status,
  },
  {
    title: 'merge patch',
    method: 'PATCH',
    path: `${ns}/configmaps/settings`,
    type: merge,
    body: {data: {a: null, c: '4'}},
    part: data,
  },
  {
    title: 'JSON patch',
    method: 'PATCH',
    path: `${ns}/configmaps/settings`,
    type: json,
    body: [{op: 'add', path: '/data/d', value: '5'}],
    part: data,
  },
  {
    title: 'JSON patch whose test fails',
    method: 'PATCH',
    path: `${ns}/configmaps/settings`,
    type: json,
    body: [{op: 'test', path: '/data/d', value: '6'}],
    part: ({reason, code}) => ({reason, code}),
  },
  {
    title: 'apply, by one manager',
    method: 'PATCH',
    path: `${ns}/configmaps/applied?fieldManager=one`,
    type: apply,
    body: {apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: 'applied'}, data: {a: '1', b: '2'}},
    part: data,
  },
  {
    title: 'apply less: what is left out goes',
    method: 'PATCH',
    path: `${ns}/configmaps/applied?fieldManager=one`,
    type: apply,
    body: {apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: 'applied'}, data: {a: '1'}},
    part: data,
  },
  {
    title: 'apply, by another manager: conflict',
    method: 'PATCH',
    path: `${ns}/configmaps/applied?fieldManager=two`,
    type: apply,
    body: {apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: 'applied'}, data: {a: '7'}},
    part: status,
  },
  {
    title: 'apply, by force',
    method: 'PATCH',
    path: `${ns}/configmaps/applied?fieldManager=two&force=true`,
    type: apply,
    body: {apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: 'applied'}, data: {a: '7'}},
    part: data,
  },
  {
    title: 'a Secret of plain text',
    method: 'POST',
    path: `${ns}/secrets`,
    body: {apiVersion: 'v1', kind: 'Secret', metadata: {name: 'creds'}, stringData: {password: 'x'}},
    part: ({data: kept, type, stringData}) => ({data: kept, type, stringData}),
  },

  {title: 'a Service gets its defaults', method: 'POST', path: `${ns}/services`, body: service, part: spec},
  {
    title: 'a Service without ports',
    method: 'POST',
    path: `${ns}/services`,
    body: {...service, metadata: {name: 'none'}, spec: {selector: {app: 'web'}}},
    part: ({reason, code}) => ({reason, code}),
  },
  {
    title: 'a node port out of range',
    method: 'POST',
    path: `${ns}/services`,
    body: {
      ...service,
      metadata: {name: 'far'},
      spec: {...service.spec, type: 'NodePort', ports: [{port: 80, nodePort: 80}]},
    },
    part: status,
  },

  {title: 'a StatefulSet gets its defaults', method: 'POST', path: sets, body: set, part: spec},
  {title: 'its generation', method: 'GET', path: `${sets}/db`, part: generation},
  {
    title: 'strategic merge: containers and variables by name',
    method: 'PATCH',
    path: `${sets}/db`,
    type: strategic,
    body: {
      spec: {
        template: {
          spec: {
            containers: [
              {
                name: 'main',
                env: [
                  {name: 'B', value: '3'},
                  {name: 'A', $patch: 'delete'},
                ],
              },
            ],
          },
        },
      },
    },
    part: spec,
  },
  {title: 'the generation rises with the spec', method: 'GET', path: `${sets}/db`, part: generation},
  {
    title: 'a field that may not change',
    method: 'PATCH',
    path: `${sets}/db`,
    type: merge,
    body: {spec: {serviceName: 'other'}},
    part: status,
  },
  {title: 'scale, read', method: 'GET', path: `${sets}/db/scale`, part: spec},
  {
    title: 'scale, write',
    method: 'PATCH',
    path: `${sets}/db/scale`,
    type: merge,
    body: {spec: {replicas: 0}},
    part: spec,
  },
  {title: 'StatefulSets as a table', method: 'GET', path: sets, accept: table, part: columns},

  {
    title: 'a claim gets its defaults',
    method: 'POST',
    path: `${ns}/persistentvolumeclaims`,
    body: claim('1Gi', 'standard'),
    part: spec,
  },
  {
    title: 'a claim that shrinks',
    method: 'PATCH',
    path: `${ns}/persistentvolumeclaims/claim-standard`,
    type: merge,
    body: {spec: {resources: {requests: {storage: '512Mi'}}}},
    part: ({reason, code}) => ({reason, code}),
  },
  {
    title: 'a claim of a class that does not grow',
    method: 'POST',
    path: `${ns}/persistentvolumeclaims`,
    body: claim('1Gi', 'fixed'),
    part: spec,
  },
  {
    title: 'growing it',
    method: 'PATCH',
    path: `${ns}/persistentvolumeclaims/claim-fixed`,
    type: merge,
    body: {spec: {resources: {requests: {storage: '2Gi'}}}},
    part: ({reason, code}) => ({reason, code}),
  },
  {title: 'claims as a table', method: 'GET', path: `${ns}/persistentvolumeclaims`, accept: table, part: columns},

  {
    title: 'a quota',
    method: 'POST',
    path: `${ns}/resourcequotas`,
    body: {apiVersion: 'v1', kind: 'ResourceQuota', metadata: {name: 'few'}, spec: {hard: {pods: '0'}}},
    part: spec,
  },
  {
    title: 'a quota that counts',
    method: 'GET',
    path: `${ns}/resourcequotas/few`,
    part: null,
    until: ({status: counted}) => counted?.hard?.pods !== undefined,
  },
  {
    title: 'a pod over the quota',
    method: 'POST',
    path: `${ns}/pods`,
    body: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {name: 'extra'},
      spec: {containers: [{name: 'main', image: 'docker.io/bitnamilegacy/postgresql:17.6.0-debian-12-r4'}]},
    },
    part: ({reason, code}: Body) => ({reason, code}),
  },
  {
    title: 'delete with another uid',
    method: 'DELETE',
    path: `${ns}/configmaps/settings`,
    body: {apiVersion: 'v1', kind: 'DeleteOptions', preconditions: {uid: 'another'}},
    part: ({reason, code}) => ({reason, code}),
  },
  {
    title: 'delete',
    method: 'DELETE',
    path: `${ns}/configmaps/settings`,
    part: ({kind, status: outcome, details}) => ({kind, status: outcome, name: details?.name}),
  },
  {title: 'delete what is not there', method: 'DELETE', path: `${ns}/configmaps/settings`, part: status},
  {
    title: 'delete a StatefulSet, its pods stay',
    method: 'DELETE',
    path: `${sets}/db?propagationPolicy=Orphan`,
    part: null,
  },
  {
    title: 'delete all of a label',
    method: 'DELETE',
    path: `${ns}/configmaps?labelSelector=team%3Da`,
    part: ({kind}) => kind,
  },
];
