// What it means for an operation that a tool such as Argo CD or Flux decides what the release is.
import {patchFolderOf, releaseRef} from '../commands/operation.ts';
import {propose, template} from '../commands/command-line.ts';
import {at, isObject} from '../chart/tree.ts';
import {cause, type Cause, type Remedy} from '../core/cause.ts';
import {kubectl} from '../commands/kubectl.ts';
import {object} from '../observation/checks/messages.ts';
import {viewOf} from '../observation/release-view.ts';
import type {Snapshot, Target} from '../observation/snapshot.ts';
import {healsBySelf, type Steering, type SteeringSeen} from '../observation/steering.ts';
import type {ChangeConsequence} from './change-facts.ts';

/** `Flux (HelmRelease flux-system/orders)`. */
function steererOf({tool, named}: SteeringSeen): string {
  return named === null ? tool : `${tool} (${named})`;
}

/**
 * What is told first of a change to a release that a tool steers. `places`: what changes in the tool's files. `folder`:
 * where the files are written; null when no folder was named.
 */
export function filesConsequence(
  {target}: Pick<Snapshot, 'target'>,
  steering: SteeringSeen | null,
  {places, folder}: {readonly places: readonly string[]; readonly folder: string | null},
): ChangeConsequence {
  const why = steering === null ? 'Nothing is applied here' : `${steererOf(steering)} steers ${target.release}`;
  return {
    code: 'FILE_CHANGE',
    object: `Release/${target.release}`,
    sentence:
      `${why}: what changes is ${places.join('; and ')}. ` +
      `${folder === null ? '' : `The files are written to ${folder}. `}The rest of this follows when they are applied.`,
  };
}

/**
 * The refusal of a change that the tool would take back.
 * @param writing the same command, with a folder for the files
 * @param differs what would change, where the file is in Git alone
 */
export function takenBack(
  {target, release}: Pick<Snapshot, 'target' | 'release'>,
  steering: SteeringSeen,
  {writing, differs}: {readonly writing: string; readonly differs: readonly string[]},
): Cause {
  const newest = release.revisions.at(-1);
  const failed = steering.tool === 'Flux' && newest?.status === 'failed' ? readyMessage(steering) : [];
  const message =
    failed.length > 0
      ? `${steererOf(steering)} steers ${target.release}, and its last upgrade failed. Nothing was changed.`
      : `${steererOf(steering)} steers ${target.release}: it would take back what helm changes here. What is wanted ` +
        'is not applied there yet. Nothing was changed.';
  return cause('STEERED', message, {
    object: object('Release', target, target.release),
    evidence: [...failed, ...differs],
    remedies: [
      {title: 'Write the change as files, and what has to be done on the cluster first is done', command: writing},
      {
        title: `When ${steering.tool} has applied them, run the same command again: it brings up the pods in order`,
        again: true,
      },
    ],
  });
}

/** The tool has what is desired, and the cluster does not have it yet. */
export function notAppliedYet({target}: Pick<Snapshot, 'target'>, steering: SteeringSeen): Cause {
  const {object: own} = steering;
  const refresh =
    own?.kind === 'Application'
      ? [
          'annotate',
          'applications.argoproj.io',
          own.metadata.name,
          '-n',
          own.metadata.namespace ?? '',
          'argocd.argoproj.io/refresh=normal',
          '--overwrite',
        ]
      : null;
  return cause(
    'STEERED',
    `${steererOf(steering)} has what is wanted of ${target.release}, and the cluster does not have it yet. ` +
      'Nothing was changed.',
    {
      object: object('Release', target, target.release),
      evidence: readyMessage(steering),
      remedies: [
        ...(refresh
          ? [
              {
                title: `Have ${steering.tool} look now; where it does not sync by itself, sync it`,
                command: kubectl(target, ...refresh),
              },
            ]
          : []),
        {title: 'When it is applied, run the same command again', again: true},
      ],
    },
  );
}

/** The refusal of an install whose release a tool makes already. */
export function installedThere(target: Target, tool: Steering): Cause {
  return cause('STEERED', `${target.release} is there already, and ${tool} steers it. Nothing was changed.`, {
    object: object('Release', target, target.release),
    remedies: [
      propose('See how it is', {kind: 'status', ...releaseRef(target), watch: false}),
      {
        title: 'Change it as files',
        command: template('set', releaseRef(target), `--to ${patchFolderOf(target.release)} FLAGS`),
      },
    ],
  });
}

/** What the tool itself says about why it makes no progress. */
function readyMessage({object: own}: SteeringSeen): readonly string[] {
  const conditions = at(own?.status, ['conditions']);
  const ready = Array.isArray(conditions) ? conditions.filter(isObject).find(({type}) => type === 'Ready') : undefined;
  return typeof ready?.['message'] === 'string' ? [ready['message']] : [];
}

/** The refusal of a change that takes two commits: no one set of values is right from the first pod to the last. */
export function takesTwoChanges({target}: Pick<Snapshot, 'target'>, what: string): Cause {
  return cause('STEERED', `${what}, and files hold one state alone. Nothing was changed.`, {
    object: object('Release', target, target.release),
    remedies: [{title: 'Ask for the one first; when it is applied and done, for the other'}],
  });
}

/**
 * The refusal of an operation that stops or moves the writer in steps, each of which the tool would take back half-way.
 * @param isUrgent whether to refuse only where the tool is known to take changes back
 */
export function healsMeanwhile(
  {target, steering}: Pick<Snapshot, 'target' | 'steering'>,
  {isUrgent}: {readonly isUrgent: boolean},
): Cause | null {
  if (!steering) return null;
  const heals = healsBySelf(steering);
  if (heals === false || (heals === null && (isUrgent || steering.tool === 'Flux'))) return null;
  const why =
    heals === null
      ? 'and whether it takes back what is changed on the cluster may not be read'
      : 'and takes back by itself what is changed on the cluster';
  return cause(
    'STEERED',
    `${steererOf(steering)} steers ${target.release}, ${why}: the writer would be started again in the middle of it. ` +
      'Nothing was changed.',
    {object: object('Release', target, target.release), remedies: pauseAndResume(steering, target)},
  );
}

/** Sources: Argo CD documentation, Skip Application Reconcile; Flux, HelmRelease, Suspend. */
function pauseAndResume({tool, object: own}: SteeringSeen, target: Target): readonly Remedy[] {
  const again: Remedy = {title: 'Run the same command again', again: true};
  if (own === null) return [{title: `Pause ${tool} for this release, where it is configured`}, again];
  const {name, namespace = ''} = own.metadata;
  const of = own.kind === 'Application' ? 'applications.argoproj.io' : 'helmreleases.helm.toolkit.fluxcd.io';
  const skip = 'argocd.argoproj.io/skip-reconcile';
  const command = (isPaused: boolean) =>
    own.kind === 'Application'
      ? kubectl(target, 'annotate', of, name, '-n', namespace, isPaused ? `${skip}=true` : `${skip}-`)
      : kubectl(target, 'patch', of, name, '-n', namespace, '--type=merge', '-p', `{"spec":{"suspend":${isPaused}}}`);
  return [
    {title: `Pause ${tool} for this release`, command: command(true)},
    again,
    {title: 'When it has ended, let it go on', command: command(false)},
  ];
}

/** The refusal to remove a release that the tool would make again at once. */
export function removedThere({target, steering}: Pick<Snapshot, 'target' | 'steering'>): Cause | null {
  if (!steering) return null;
  const {tool} = steering;
  return cause(
    'STEERED',
    `${steererOf(steering)} steers ${target.release}, and would make it again. Nothing was removed.`,
    {
      object: object('Release', target, target.release),
      remedies: [
        {
          title:
            `Remove it where ${tool} has it from. Its volumes and its Secret stay; the same command takes them away ` +
            'then, where it is told to',
          again: true,
        },
      ],
    },
  );
}

/** The refusal of a rollback, which goes by helm's records. */
export function revertedThere(target: Target, steering: SteeringSeen): Cause {
  return cause(
    'STEERED',
    `${steererOf(steering)} applies ${target.release} without helm's history: there is no revision to go back to.`,
    {
      object: object('Release', target, target.release),
      remedies: [
        {title: `Revert the commit where ${steering.tool} has it from (git revert), and let it be applied`},
        propose('Then bring up the pods in order', {kind: 'restart', ...releaseRef(target)}),
      ],
    },
  );
}

/** The refusal to complete a release that its tool left unfinished: our helm would be a second one at work on it. */
export function completedThere(snapshot: Snapshot): Cause | null {
  const {target, steering} = snapshot;
  const {newest} = viewOf(snapshot);
  if (!steering || snapshot.operation || !newest || newest.status === 'deployed') return null;
  return cause(
    'STEERED',
    `${steererOf(steering)} steers ${target.release}, and its revision ${newest.revision} is ${newest.status}. ` +
      'Nothing was changed.',
    {
      object: object('Release', target, target.release),
      evidence: readyMessage(steering),
      remedies: [
        ...(newest.status.startsWith('pending')
          ? [{title: 'When it has ended, run the same command again', again: true}]
          : []),
        ...(steering.object?.kind === 'HelmRelease' ? [forcedReconcile(steering.object, target)] : []),
        propose('See what is wrong', {kind: 'doctor', ...releaseRef(target)}),
      ],
    },
  );
}

/** Flux documentation, HelmRelease, Resetting remediation retries; the two annotations hold the same token. */
function forcedReconcile(
  {metadata: {name, namespace = ''}}: {readonly metadata: {readonly name: string; readonly namespace?: string}},
  target: Target,
): Remedy {
  const token = 'pg-helm-install-1';
  return {
    title: 'Have Flux try again (another word than this one each time)',
    command: kubectl(
      target,
      ...['annotate', 'helmreleases.helm.toolkit.fluxcd.io', name, '-n', namespace, '--overwrite'],
      ...[`reconcile.fluxcd.io/requestedAt=${token}`, `reconcile.fluxcd.io/resetAt=${token}`],
    ),
  };
}

/** What is left to do when the files are written. `command`: the same one, without a folder; null: not known. */
export function nextSteps(steering: SteeringSeen | null, release: string, command: string | null): readonly string[] {
  const applied = steering === null ? 'have them applied' : `let ${steering.tool} apply them`;
  return [
    `Put the files of the change where ${release} comes from, and ${applied}. No pod restarts by that.`,
    `Then ${command ?? 'run the command of the change, without --to'}`,
    'It brings up what is left, in order, and proves it.',
  ];
}
