// What can happen in the wizard. Actions come from keys and from the client's answers.
import type {Values} from '../../chart/tree.ts';
import type {ReleaseRow, Status} from '../../client/questions/status.ts';
import type {Cause} from '../../core/cause.ts';
import type {Activity} from '../../observation/activity.ts';
import type {Progress, Result} from '../../plan/progress.ts';
import type {EarlierRevision, Opened, Surveyed, Versions} from '../../client/types.ts';
import type {PlanView, Screen} from '../screens.ts';
import type {SeenBackups} from '../screens/backups/backups-state.ts';
import type {RunningKind} from '../screens/operation/operation-state.ts';
import type {FormAction} from '../screens/parameters/form.ts';
import type {ShownTarget} from './target.ts';

export type Action =
  | {readonly type: 'contexts'; readonly names: readonly string[]; readonly current: string | null}
  | {readonly type: 'open'; readonly context: string | null; readonly sandbox?: boolean; readonly helm?: boolean}
  /** What is being done until the cluster answers. */
  | {readonly type: 'opening'; readonly doing: string}
  | {readonly type: 'opened'; readonly opened: Opened}
  | {readonly type: 'blocked'; readonly cause: Cause}
  /** The releases found in the only namespace that was searched. */
  | {readonly type: 'found'; readonly namespace: string; readonly releases: readonly ReleaseRow[] | null}
  | {readonly type: 'show'; readonly screen: Screen}
  | {readonly type: 'target'; readonly target: Partial<ShownTarget>}
  | {readonly type: 'surveyed'; readonly surveyed: Surveyed}
  | {readonly type: 'form'; readonly action: FormAction}
  | {readonly type: 'planning'}
  /** The operator goes back to edit what was planned. */
  | {readonly type: 'edit'}
  | {readonly type: 'view'; readonly view: PlanView}
  | {readonly type: 'chart values'; readonly values: Values}
  | {readonly type: 'versions'; readonly versions: Versions}
  | {readonly type: 'revisions'; readonly revisions: readonly EarlierRevision[]}
  | {readonly type: 'backups'; readonly backups: SeenBackups}
  | {readonly type: 'planned'; readonly asked: number; readonly result: Result}
  | {readonly type: 'started'; readonly kind: RunningKind; readonly began: number}
  | {readonly type: 'progress'; readonly steps: readonly Progress[]}
  | {readonly type: 'stopping'}
  | {readonly type: 'ended'; readonly result: Result}
  | {readonly type: 'status'; readonly status: Status | null}
  | {readonly type: 'lost'; readonly text: string}
  | {readonly type: 'activity'; readonly activity: Activity}
  /** What became of a session that was to be ended. */
  | {readonly type: 'session'; readonly note: string}
  | {readonly type: 'panel'; readonly lines: readonly string[]; readonly texts?: readonly string[]}
  /** For the dashboard; other screens ignore it. */
  | {readonly type: 'note'; readonly revealed: string | null; readonly note: string | null}
  /** Home shows the releases of all namespaces, or only those of the namespace that was given. */
  | {readonly type: 'all namespaces'; readonly shown: boolean}
  | {readonly type: 'releases'; readonly releases: readonly ReleaseRow[]};
