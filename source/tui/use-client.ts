// The effects of the screens: each asks for what its screen needs when that is shown, and drops late answers.
import type {Client} from '../client/types.ts';
import type {App} from './app-state.ts';
import {useBackups} from './screens/backups/use-backups.ts';
import {useStatus} from './screens/dashboard/use-status.ts';
import {useReleases} from './screens/home/use-releases.ts';
import {useOpening} from './screens/opening/use-opening.ts';
import {usePanelLines} from './screens/panel/use-panel-lines.ts';
import {useRevisions} from './screens/rollback/use-revisions.ts';
import {useChangePlan, useChartValues, useInstallPlan} from './screens/shared/use-plan.ts';
import {useSurvey} from './screens/shared/use-survey.ts';
import {useFoundReleases} from './screens/target/use-found-releases.ts';
import {useActivity} from './screens/top/use-activity.ts';
import {useRemovalPlan} from './screens/uninstall/use-removal-plan.ts';
import {useVersions} from './screens/upgrade/use-versions.ts';
import type {Action} from './state/actions.ts';
import {useAsking} from './use-asking.ts';

export function useClient(app: App, dispatch: (action: Action) => void, client: Client): void {
  const ask = useAsking(dispatch);
  useOpening(app, client, ask);
  useSurvey(app, client, ask);
  useFoundReleases(app, client, ask);
  useInstallPlan(app, client, ask);
  useRemovalPlan(app, client, ask);
  useChangePlan(app, client, ask);
  useChartValues(app, client, ask);
  useVersions(app, client, ask);
  useRevisions(app, client, ask);
  useBackups(app, client, ask);
  useStatus(app, client, ask);
  usePanelLines(app, client, ask);
  useActivity(app, client, ask);
  useReleases(app, client, ask);
}
