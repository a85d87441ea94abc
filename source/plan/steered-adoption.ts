// A release that Argo CD, Flux or Terraform applies, on its way to be ours: it leaves the tool so that its objects
// stay, is adopted, and goes back with the values that it has then (docs/recipes/gitops.md).
import {instanceSelector} from '../chart/names.ts';
import {adoptAsIs, releaseRef} from '../commands/operation.ts';
import {propose, template} from '../commands/command-line.ts';
import {cause, type Cause, type Remedy} from '../core/cause.ts';
import {kubectl, kubectlHere} from '../commands/kubectl.ts';
import {object} from '../observation/checks/messages.ts';
import type {Service, StatefulSet} from '../observation/kubernetes.ts';
import type {Snapshot} from '../observation/snapshot.ts';
import {steeringMark, steeringOf, type Steering} from '../observation/steering.ts';

type Seen = Pick<Snapshot, 'target' | 'steering' | 'statefulSets' | 'services'>;

/** Null: no tool is known to steer it. */
export function steeredRefusal(seen: Seen): Cause | null {
  const steering = steeringOf(seen);
  if (steering === null) return null;
  const {target} = seen;
  return cause(
    'NOT_ADOPTABLE',
    `${target.release} cannot be adopted: ${steering} steers it, and would take back what is changed here. It can ` +
      'leave the tool for that time, with its data and objects, and go back as one of ours: docs/recipes/gitops.md ' +
      'says how. Nothing was changed.',
    {
      object: object('Release', target, target.release),
      remedies: [
        ...leaving[steering](seen),
        ...unmarked(seen, steering),
        propose('Then take it over', adoptAsIs(releaseRef(target))),
        {
          title:
            'Then hand it back: these files have the values that it has then, and name the Secret of the passwords',
          command: template('export', releaseRef(target), `--format ${formats[steering]} --to deploy`),
        },
      ],
    },
  );
}

const formats: Readonly<Record<Steering, string>> = {'Argo CD': 'argocd', Flux: 'flux', Terraform: 'helm'};

/** How each tool lets go of it without deleting anything. */
const leaving: Readonly<Record<Steering, (seen: Seen) => readonly Remedy[]>> = {
  // helm-controller, HelmReleaseReconciler.reconcileDelete: a suspended release is not uninstalled.
  Flux: (seen) =>
    withObject(seen, 'helmrelease', null, (name, where) => [
      {
        title: 'Suspend it: a suspended HelmRelease that is deleted uninstalls nothing',
        command: kubectl(seen.target, 'patch', ...name, '--type', 'merge', '-p', '{"spec":{"suspend":true}}', ...where),
      },
      {
        title: 'Then take it out of Git, with nothing else in that commit, and delete it',
        command: kubectl(seen.target, 'delete', ...name, ...where),
      },
    ]),
  // Argo CD documentation, App Deletion: without the finalizer, nothing but the Application is deleted.
  'Argo CD': (seen) =>
    withObject(seen, 'application.argoproj.io', 'argocd', (name, where) => [
      {
        title: 'Take its finalizer away: an Application without one deletes nothing of what it has applied',
        command: kubectl(
          seen.target,
          ...['patch', ...name, '--type', 'merge', '-p', '{"metadata":{"finalizers":null}}', ...where],
        ),
      },
      {
        title: 'Then take it out of Git, or out of the Application or ApplicationSet that makes it, and delete it',
        command: kubectl(seen.target, 'delete', ...name, ...where),
      },
    ]),
  Terraform: () => [
    {title: 'Take its helm_release out of the configuration, and out of the state (terraform state rm ADDRESS)'},
  ],
};

/** With the tool's object as kubectl names it; where it is not known, the steps are told without commands. */
function withObject(
  {target, steering, statefulSets, services}: Seen,
  kind: string,
  usualNamespace: string | null,
  steps: (name: readonly string[], where: readonly string[]) => readonly Remedy[],
): readonly Remedy[] {
  const mark = [...statefulSets, ...services].flatMap((one) => steeringMark(one) ?? [])[0]?.object;
  const found = steering?.object?.metadata ?? mark;
  const namespace = found?.namespace ?? usualNamespace ?? target.namespace;
  if (found === undefined || found === null) return steps([kind, 'NAME'], []).map(({title}) => ({title}));
  return steps([kind, found.name], ['-n', namespace]);
}

const managers = /^(argocd-controller|terraform-provider-helm)/;

/**
 * The marks that would say for ever that the tool steers it, on each object that is looked at for that. Flux's count
 * only as long as its HelmRelease is there.
 */
function unmarked({target, statefulSets, services}: Seen, steering: Steering): readonly Remedy[] {
  if (steering === 'Flux') return [];
  const selector = ['-l', instanceSelector(target.release)];
  const ofArgo: Remedy[] = [
    {
      title: 'Then take its marks away',
      command:
        `${kubectlHere(target, 'annotate', 'statefulset,service', ...selector, 'argocd.argoproj.io/tracking-id-')}; ` +
        kubectlHere(target, 'label', 'statefulset,service', ...selector, 'argocd.argoproj.io/instance-'),
    },
  ];
  // Kubernetes documentation, Server-Side Apply, Clearing managedFields.
  const fields = '[{"op":"replace","path":"/metadata/managedFields","value":[{}]}]';
  const isManaged = ({metadata}: StatefulSet | Service) =>
    metadata.managedFields?.some(({manager}) => managers.test(manager ?? '')) === true;
  const managed = [
    ...statefulSets.filter(isManaged).map(({metadata: {name}}) => ({kind: 'StatefulSet', name})),
    ...services.filter(isManaged).map(({metadata: {name}}) => ({kind: 'Service', name})),
  ];
  return [
    ...(steering === 'Argo CD' ? ofArgo : []),
    ...managed.map(({kind, name}) => ({
      title: `Then have the cluster forget who applied ${kind} ${name}`,
      command: kubectlHere(target, 'patch', kind.toLowerCase(), name, '--type', 'json', '-p', fields),
    })),
  ];
}
