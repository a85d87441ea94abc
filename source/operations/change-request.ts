// What a change is asked to do.
import type {ChangeKind, Snapshot} from '../observation/snapshot.ts';
import type {Parameters} from '../parameters/parameters.ts';
import type {ChangeConsequence} from '../plan/change-facts.ts';
import type {Chart} from './ports/helm.ts';
import type {MoveRole} from './move-role-after.ts';
import type {Adoption} from './steps/adoption-steps.ts';
import type {ExportedFile} from '../export/release-files.ts';
import type {PlannedRequest} from './planned-request.ts';

export interface ChangeRequest extends PlannedRequest {
  /** As the result names it. */
  readonly operation: ChangeKind | 'recover';
  /** What it is, and what the Lease records: a scale never restarts a pod, a restart restarts each. */
  readonly kind: ChangeKind;
  /** All of them: those of the release, edited. */
  readonly parameters: Parameters;
  readonly chart: Chart;
  /** Volumes of readers that are not wanted are deleted. */
  readonly deleteVolumes: boolean;
  /** What helm's history is to say about it; helm's own words without it. */
  readonly description?: string;
  /** In a rollback: the revision that it goes back to, so that another run goes on with it. */
  readonly rollbackTo?: number;
  /** Of a release that plain helm made; absent: it is ours, or helm has applied it already. */
  readonly adoption?: Adoption;
  /** In an adoption: no pod restarts. */
  readonly restartsLater?: boolean;
  /** Where the files of the change go; absent: it is applied here. @throws UserError BAD_INPUT */
  readonly patch?: {
    /** Null: an earlier run has written them. */
    readonly folder: string | null;
    readonly write: (
      files: readonly ExportedFile[],
    ) => Promise<readonly {readonly name: string; readonly path: string}[]>;
  };
  /** The same command with files, and without; absent: as `command` says. */
  readonly writing?: string;
  readonly applying?: string;
  /** Where the writer has to leave its node; absent: it restarts on another one. */
  readonly moveRole?: MoveRole;
  /** What is said with the result. */
  readonly notes?: readonly string[];
  /** Consequences that are told before the others: of a rollback, what does not come back. */
  readonly preface?: readonly ChangeConsequence[];
  /** Extra values that nothing reads are refused; absent: they are not judged, because they were before. */
  readonly valuesAreNew?: {readonly isStrict: boolean};
  /** The release as it was found just now; null: it is looked at first. */
  readonly before: Snapshot | null;
}
