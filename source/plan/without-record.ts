// A database that `helm template | kubectl apply` made: helm has no record of it, and only whoever rendered it knows
// with what. With its values helm gets a record of it as it stands; then it is like one that helm made.
import {cause, type Cause} from '../core/cause.ts';
import {releaseRef} from '../commands/operation.ts';
import {render} from '../commands/command-line.ts';
import {helmAnnotations} from '../chart/names.ts';
import {helm, kubectlHere, object} from '../observation/checks/messages.ts';
import type {Snapshot} from '../observation/snapshot.ts';

/** What the chart makes, as kubectl names it; a kind that is not there counts as none. */
const kinds = 'statefulset,service,serviceaccount,configmap,secret,networkpolicy,poddisruptionbudget';

export function withoutRecord({target, statefulSets}: Snapshot): Cause {
  const {release, namespace} = target;
  const label = statefulSets.flatMap(({metadata}) => metadata.labels?.['helm.sh/chart'] ?? [])[0];
  const version = /^postgresql-(\d+\.\d+\.\d+)$/.exec(label ?? '')?.[1] ?? 'VERSION';
  const asked = {sizes: {}, readReplicas: null, restartsLater: false} as const;
  const record = ['upgrade', '--install', release, 'CHART', '--version', version, '-f', 'FILE'];
  return cause(
    'NOT_ADOPTABLE',
    `${release} cannot be adopted yet: helm has no record of it. What runs was applied by kubectl, and only whoever ` +
      'rendered it has its values. Nothing was changed.',
    {
      object: object('Release', target, release),
      evidence: statefulSets.map(
        ({metadata}) =>
          `StatefulSet ${metadata.name}: ${metadata.labels?.['helm.sh/chart'] ?? 'no label helm.sh/chart'}`,
      ),
      remedies: [
        {
          title:
            'Give helm its record: the chart of that version, and the file of values that it was rendered with. ' +
            'Where the rendering is the same, its objects stay as they are and nothing restarts',
          command: helm(target, ...record, '--take-ownership'),
        },
        {
          title:
            'Where helm is older than 3.17 and does not know --take-ownership: mark the objects first, and leave ' +
            'it out',
          command: kubectlHere(
            target,
            ...['annotate', kinds, '-l', `app.kubernetes.io/instance=${release}`],
            `${helmAnnotations.releaseName}=${release}`,
            `${helmAnnotations.releaseNamespace}=${namespace}`,
          ),
        },
        {title: 'Then take it over', command: render({kind: 'adopt', ...releaseRef(target), ...asked})},
      ],
    },
  );
}
