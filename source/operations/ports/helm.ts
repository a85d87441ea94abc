// Helm's runs, helm's records, and what helm made.
import type {Values} from '../../chart/values.ts';
import type {ObjectMetadata} from '../../observation/kubernetes.ts';
import type {Revision} from '../../observation/snapshot.ts';

/** A chart that is at hand: a folder or an archive on this machine. */
export interface Chart {
  readonly path: string;
  /** As the operator named it: a path or an oci:// URL. */
  readonly source: string;
  readonly version: string;
  readonly appVersion: string;
}

export interface HelmRun {
  readonly chart: Chart;
  readonly values: Values;
  /** For helm's history; absent: helm's own words. */
  readonly description?: string;
  /** Takes over fields that somebody else has changed. */
  readonly forceConflicts?: boolean;
  /** Takes over objects that belong to another release. */
  readonly takeOwnership?: boolean;
  /** False for a revision that does not make the release ours yet: its record is not marked. Absent: true. */
  readonly isOurs?: boolean;
}

/** One of helm's records, opened. */
interface OpenedRevision {
  readonly revision: Revision;
  readonly values: Values;
}

export interface HelmPort {
  readonly helm: {
    install(run: HelmRun, signal: AbortSignal): Promise<void>;
    upgrade(run: HelmRun, signal: AbortSignal): Promise<void>;
    rollback(revision: number, signal: AbortSignal): Promise<void>;
    uninstall(signal: AbortSignal): Promise<void>;
    /** Has the cluster accept the rendering without changing anything; the manifests, Secrets hidden. */
    dryRun(run: HelmRun, exists: boolean, signal: AbortSignal): Promise<string>;
    /**
     * Has helm render without the cluster, but for the API versions that it serves: shows in a fifth of the time
     * whether chart and values fit.
     */
    render(run: HelmRun, signal: AbortSignal): Promise<string>;
    /** The chart's default values: its values.yaml. */
    chartValues(chart: Chart): Promise<Values>;
    /** The helm command, for display. */
    describe(chart: Chart, kind?: 'install' | 'upgrade', isOurs?: boolean): string;
  };
  /** Oldest first. */
  revisions(): Promise<readonly Revision[]>;
  /** Null when helm does not remember it. */
  record(revision: number): Promise<OpenedRevision | null>;
  /** What helm applied in the newest revision. */
  manifest(): Promise<string>;
  /**
   * What helm made for this release and is there still, by its labels and helm's marks: never a Secret, a claim, or
   * what helm was told to keep. Kinds that may not be listed are left out.
   */
  helmObjects(): Promise<readonly ObjectMetadata[]>;
  /** What the installer made for this release beside helm, but for its passwords and the Lease. */
  ownObjects(): Promise<readonly ObjectMetadata[]>;
  /** Deletes only the objects with these uids. */
  deleteObjects(objects: readonly ObjectMetadata[]): Promise<void>;
}
