// The screens there are, and what each one has to know beside what the app knows.
import type {Cause} from '../../../cause.ts';

export type Panel = 'connect' | 'logs' | 'values' | 'history';
export type PreviewTab = 'plan' | 'values' | 'manifests' | 'command';
export type TargetRow = 'context' | 'namespace' | 'release' | 'next';
export type UpgradeRow = 'imageTag' | 'chartVersion';

export type Screen =
  | {readonly name: 'opening'; readonly context: string | null}
  | {readonly name: 'trouble'; readonly cause: Cause}
  | {readonly name: 'home'}
  | {readonly name: 'target'; readonly row: TargetRow}
  | {readonly name: 'parameters'}
  | {readonly name: 'preview'; readonly tab: PreviewTab; readonly top: number}
  /** `asks`: whether to leave or to stop, with the answer that is focused first. */
  | {readonly name: 'operation'; readonly asks: 'stay' | 'leave' | null; readonly below: 'events' | 'logs' | 'nothing'}
  | {readonly name: 'ended'}
  | {readonly name: 'dashboard'; readonly revealed: string | null; readonly note: string | null}
  | {readonly name: 'panel'; readonly panel: Panel; readonly top: number}
  | {readonly name: 'scale'; readonly readers: string}
  | {readonly name: 'upgrade'; readonly imageTag: string; readonly chartVersion: string; readonly row: UpgradeRow}
  | {readonly name: 'uninstall'; readonly deleteData: boolean};

export const dashboard: Screen = {name: 'dashboard', revealed: null, note: null};
