// The steps of an uninstall beside those of its dump and of what helm leaves: the release, its pods, and, where that is
// asked for, volumes and passwords.
import {objectNames} from '../../chart/names.ts';
import {propose} from '../../commands/command-line.ts';
import {kubectlHere} from '../../commands/kubectl.ts';
import {releaseRef} from '../../commands/operation.ts';
import {cause, UserError, type Cause} from '../../core/cause.ts';
import {secretMalformed} from '../../observation/causes/secret-malformed.ts';
import {object} from '../../observation/checks/messages.ts';
import type {Snapshot} from '../../observation/snapshot.ts';
import {changeBetween} from '../changed-meanwhile.ts';
import type {Step} from '../converge.ts';
import {refuseUninstall} from '../storage-guard.ts';
import {isWithoutRelease} from './left-objects.ts';

/** What the steps of an uninstall are to reach. */
export interface DesiredUninstall {
  readonly deleteData: boolean;
  /** Says in the Lease that the release is being removed, right before the first part of it is. */
  readonly note: () => Promise<void>;
}

export type UninstallStep = Step<DesiredUninstall>;

/** Somebody else may have removed the release, so that its own step, which notes it too, is skipped. */
export function noted(step: Step<unknown>): UninstallStep {
  if (!step.run) return step;
  return {
    ...step,
    async run(ports, desired, snapshot, signal) {
      await desired.note();
      return (await step.run?.(ports, desired, snapshot, signal)) ?? null;
    },
  };
}

export function releaseGoes(before: Snapshot): UninstallStep {
  return {
    name: 'release',
    done: isWithoutRelease,
    async run(ports, {deleteData, note}, snapshot, signal) {
      // Checked again, because a long dump may lie between the first check and this one.
      const refusal =
        changeBetween(before, snapshot) ??
        (deleteData ? null : unreachableData(snapshot)) ??
        refuseUninstall(snapshot, deleteData);
      if (refusal) throw new UserError(refusal);
      await note();
      await ports.helm.uninstall(signal);
      return null;
    },
  };
}

/** Pods are recognised by their names, because somebody else's pod may carry the labels of the release and stays. */
export const podsGo: Step<unknown> = {
  name: 'pods',
  done({pods, statefulSets, target}) {
    const {writer, reader} = objectNames(target);
    const sets = [writer, reader];
    return (
      !statefulSets.some(({metadata}) => sets.includes(metadata.name)) &&
      !pods.some(({metadata}) => sets.includes(metadata.name.replace(/-\d+$/, '')))
    );
  },
};

export const claimsGo: Step<unknown> = {
  name: 'volumes',
  done: (snapshot) => snapshot.claims.length === 0 && !mayHaveMoreClaims(snapshot),
  async run(ports, _wanted, snapshot) {
    if (mayHaveMoreClaims(snapshot)) throw new UserError(claimsNotListed(snapshot));
    await ports.deleteClaims(snapshot.claims);
    return null;
  },
};

export const secretGoes: Step<unknown> = {
  name: 'secret',
  done: ({secret}) => secret === null || !secret.ours,
  async run(ports) {
    await ports.deleteSecret();
    return null;
  },
};

/** The cause where data would stay without its passwords, because their last copies would go with the pods. */
export function unreachableData(snapshot: Snapshot): Cause | null {
  const mayHaveData = snapshot.claims.length > 0 || mayHaveMoreClaims(snapshot);
  const found = mayHaveData ? secretMalformed(snapshot)?.cause : undefined;
  if (!found) return null;
  const {target} = snapshot;
  return {
    ...found,
    message: `${found.message} Without them nobody could use the data that an uninstall leaves. Nothing was removed.`,
    remedies: [
      ...found.remedies,
      propose('Or delete the data with the release. This cannot be undone', {
        kind: 'uninstall',
        ...releaseRef(target),
        deleteData: true,
        dumpTo: null,
      }),
    ],
  };
}

/** Where claims may not be listed, there may be some. */
export function mayHaveMoreClaims({unreadable}: Snapshot): boolean {
  return unreadable.includes('persistentvolumeclaims');
}

/** Without the names of the claims no volume would be deleted, but its passwords would be. */
export function claimsNotListed({target}: Snapshot): Cause {
  return cause(
    'FORBIDDEN',
    `The claims in namespace ${target.namespace} may not be listed, so which volumes ${target.release} has is not ` +
      'known. The passwords are not deleted while there may be data that needs them.',
    {
      object: object('Release', target, target.release),
      remedies: [
        {
          title: 'Have somebody run it who may list and delete persistentvolumeclaims there. Whether you may list them',
          command: kubectlHere(target, 'auth', 'can-i', 'list', 'persistentvolumeclaims'),
        },
        propose('Or uninstall without --delete-data: the volumes and the Secret stay', {
          kind: 'uninstall',
          ...releaseRef(target),
          deleteData: false,
          dumpTo: null,
        }),
      ],
    },
  );
}
