// The screens there are, and what each one has to know beside what the app knows.
import type {Cause} from '../core/cause.ts';

export type Panel = 'connect' | 'logs' | 'values' | 'history';
export type PreviewTab = 'plan' | 'values' | 'manifests' | 'command';
export type TargetRow = 'context' | 'namespace' | 'release' | 'next';
export type UpgradeRow = 'imageTag' | 'chartVersion';
export const resizeRows = ['cpu', 'memory', 'instanceType', 'storageSize'] as const;
export type ResizeRow = (typeof resizeRows)[number];

/** How a plan is looked at. `differs`: of the values only those that are not the chart's own. */
export interface PlanView {
  readonly tab: PreviewTab;
  readonly top: number;
  readonly differs: boolean;
}

export const firstView: PlanView = {tab: 'plan', top: 0, differs: false};

export interface UninstallState {
  readonly name: 'uninstall';
  readonly deleteData: boolean;
  /** A file for a last dump; empty for none. */
  readonly dumpTo: string;
  /** Which field takes keys. */
  readonly row: 'dump' | 'name';
  /** Of the release's name, to confirm. */
  readonly typed: string;
}

export type Screen =
  /** With `sandbox`, that is started first. */
  | {readonly name: 'opening'; readonly context: string | null; readonly sandbox?: boolean}
  /** `kubeconfig`: the path of another one is being typed. */
  | {readonly name: 'trouble'; readonly cause: Cause; readonly kubeconfig: boolean}
  | {readonly name: 'home'}
  | {readonly name: 'target'; readonly row: TargetRow}
  | {readonly name: 'parameters'}
  | {readonly name: 'preview'}
  /** `asks`: whether to leave or to stop, with the answer that is focused first. */
  | {readonly name: 'operation'; readonly asks: 'stay' | 'leave' | null; readonly below: 'events' | 'logs' | 'nothing'}
  | {readonly name: 'ended'}
  | {readonly name: 'dashboard'; readonly revealed: string | null; readonly note: string | null}
  | {readonly name: 'panel'; readonly panel: Panel; readonly top: number}
  /** What is wrong with the release, and what can be done. */
  | {readonly name: 'cause'}
  | {readonly name: 'scale'; readonly readers: string; readonly deleteVolumes: boolean}
  | {readonly name: 'upgrade'; readonly imageTag: string; readonly chartVersion: string; readonly row: UpgradeRow}
  | ({readonly name: 'resize'; readonly row: ResizeRow} & Readonly<Record<ResizeRow, string>>)
  /** Null: the newest that one can go back to. */
  | {readonly name: 'rollback'; readonly revision: number | null}
  | {readonly name: 'restart'}
  | UninstallState;

export const dashboard: Screen = {name: 'dashboard', revealed: null, note: null};
