// What is known about the release that the screens are about; it does not hold for another one. Pure.
import {isGoodEnd} from '../../core/outcome.ts';
import type {Status} from '../../client/questions/status.ts';
import {withActivity, type Activity} from '../../observation/activity.ts';
import type {EarlierRevision, Surveyed, Versions} from '../../client/types.ts';
import type {Screen} from '../screens.ts';
import type {SeenBackups} from '../screens/backups/backups-state.ts';
import type {RunningOperation} from '../screens/operation/operation-state.ts';
import {withMoment, type Moment} from '../screens/dashboard/moments.ts';
import type {Action} from './actions.ts';

export interface ReleaseScreenState {
  /** What is known of the place where the release is, or is to be. */
  readonly surveyed: Surveyed | null;
  /** The versions to choose from; null until they are asked for. */
  readonly versions: Versions | null;
  /** The revisions that a rollback can go to, newest first; null until they are asked for. */
  readonly revisions: readonly EarlierRevision[] | null;
  /** What is on the volume of its backups; null until it is asked for. */
  readonly backups: SeenBackups | null;
  readonly status: Status | null;
  /** The release was looked for and is not there. */
  readonly isGone: boolean;
  /** Why the cluster does not answer any more, so that what is shown is old; null: it answers. */
  readonly lost: string | null;
  readonly panelLines: readonly string[] | null;
  /** What the writer was doing in the last minute, the newest last. */
  readonly activities: readonly Activity[];
  /** How the release developed since it is being looked at, the newest last. */
  readonly moments: readonly Moment[];
  /** The texts of the panel that can be copied, by their numbers. */
  readonly panelTexts: readonly string[];
}

export const nothingKnown: ReleaseScreenState = {
  surveyed: null,
  versions: null,
  revisions: null,
  backups: null,
  status: null,
  isGone: false,
  lost: null,
  panelLines: null,
  panelTexts: [],
  activities: [],
  moments: [],
};

type Seen = ReleaseScreenState & {readonly screen: Screen; readonly operation: RunningOperation | null};

/** What an action changes in it. */
export function releaseChanges(seen: Seen, action: Action): Partial<ReleaseScreenState> {
  switch (action.type) {
    case 'open':
    case 'target':
      return nothingKnown;
    case 'surveyed':
      return {surveyed: action.surveyed};
    case 'versions':
      return {versions: action.versions};
    case 'revisions':
      return {revisions: action.revisions};
    case 'backups':
      return {backups: action.backups};
    case 'activity':
      return {activities: withActivity(seen.activities, action.activity), lost: null};
    case 'panel':
      return {panelLines: action.lines, panelTexts: action.texts ?? []};
    default:
      return statusChanges(seen, action);
  }
}

/** Changes when the cluster answers, and when another screen or an operation makes what was seen out of date. */
function statusChanges(seen: Seen, action: Action): Partial<ReleaseScreenState> {
  switch (action.type) {
    case 'show':
      return stateToKeep(seen, action.screen);
    case 'status':
      return {
        status: action.status,
        isGone: action.status === null,
        lost: null,
        moments: action.status ? withMoment(seen.moments, action.status) : [],
      };
    case 'lost':
      return {lost: action.text};
    case 'releases':
      return {lost: null};
    case 'started':
      // Otherwise the state from before the operation would be shown for a moment afterwards, as if it were current.
      return {surveyed: null, status: null, panelLines: null, backups: null};
    case 'ended': {
      if (!seen.operation) return {};
      const isRemoved = seen.operation.kind === 'uninstall' && isGoodEnd(action.result);
      return {panelLines: null, ...(isRemoved ? {status: null} : {})};
    }
    default:
      return {};
  }
}

/** What is kept when another screen is shown. */
function stateToKeep(
  {screen: was, panelLines, revisions, backups, lost}: Seen,
  screen: Screen,
): Partial<ReleaseScreenState> {
  const isSameText =
    was.name === screen.name &&
    (screen.name === 'panel' ||
      (screen.name === 'operation' && was.name === 'operation' && was.below === screen.below));
  return {
    panelLines: isSameText ? panelLines : null,
    // Every change makes another revision, so the list is kept only for its own screen.
    revisions: screen.name === 'rollback' ? revisions : null,
    // The list is read again after a return to the dashboard, and on request where it could not be read.
    backups: isOfBackups(screen) && backups && !('cause' in backups) ? backups : null,
    // Activities have a gap between now and the next look.
    ...(screen.name === 'top' ? {} : {activities: []}),
    // The connection was lost for one release, not for the list.
    lost: screen.name === 'home' ? null : lost,
  };
}

function isOfBackups({name}: Screen): boolean {
  return name === 'backups' || name === 'restore';
}
