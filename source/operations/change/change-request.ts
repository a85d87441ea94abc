// What a change is asked to do.
import type {ChangeKind, Snapshot} from '../../observation/snapshot.ts';
import {isSteered} from '../../observation/steering.ts';
import type {Parameters} from '../../parameters/parameters.ts';
import type {ChangeConsequence} from '../../plan/change-facts.ts';
import type {Chart} from '../ports/helm.ts';
import type {MoveRole} from './move-role-after.ts';
import type {Adoption} from '../steps/adoption-steps.ts';
import type {ExportedFile} from '../../export/release-files.ts';
import type {PlannedRequest} from '../planned-request.ts';

export interface ChangeRequest extends PlannedRequest {
  /** The operation's name in the result. */
  readonly operation: ChangeKind | 'recover';
  /** The kind of the change, which the Lease records too: a scale never restarts a pod, a restart restarts each. */
  readonly kind: ChangeKind;
  /** All parameters: those of the release, edited. */
  readonly parameters: Parameters;
  readonly chart: Chart;
  /** Whether the volumes of readers that are not wanted are deleted. */
  readonly deleteVolumes: boolean;
  /** What helm's history is to say about the change; absent: helm's own text. */
  readonly description?: string;
  /** In a rollback: the revision that it goes back to, so that another run can go on with it. */
  readonly rollbackTo?: number;
  /** For a release that plain helm made; absent: the release is ours, or helm has applied the adoption already. */
  readonly adoption?: Adoption;
  /** In an adoption: no pod restarts. */
  readonly restartsLater?: boolean;
  /** Where the files of the change go; absent: the change is applied here. @throws UserError BAD_INPUT */
  readonly patch?: {
    /** Null: an earlier run has written them. */
    readonly folder: string | null;
    readonly write: (
      files: readonly ExportedFile[],
    ) => Promise<readonly {readonly name: string; readonly path: string}[]>;
  };
  /** The command that writes files, and the one that applies the change; absent: `command`. */
  readonly writing?: string;
  readonly applying?: string;
  /** Moves the role where the writer has to leave its node; absent: the writer restarts on another node. */
  readonly moveRole?: MoveRole;
  /** Notes to add to those of the result. */
  readonly notes?: readonly string[];
  /** Consequences that are told before the others: of a rollback, what does not come back. */
  readonly preface?: readonly ChangeConsequence[];
  /**
   * `isStrict`: extra values that nothing reads are refused. Absent: the extra values were judged before, and are not
   * judged again.
   */
  readonly valuesAreNew?: {readonly isStrict: boolean};
  /** The release as it was found just now; null: it is looked at first. */
  readonly before: Snapshot | null;
}

/** Whether the change is written as files, for whoever applies the release instead of us. */
export function isThroughFiles({patch}: Pick<ChangeRequest, 'patch'>, before: Pick<Snapshot, 'steering'>): boolean {
  return patch !== undefined || isSteered(before);
}
