// A reporter whose proposals reach the cluster that this run is about.
import {
  reachableCause,
  reachablePlan,
  reachableResult,
  reachableWarning,
  type Reach,
} from '../../client/reachable-commands.ts';
import type {Reporter} from './reporter.ts';

/** The same reporter, with commands that reach the cluster. */
export function reachableReporter(reporter: Reporter, reach: Reach): Reporter {
  return {
    ...reporter,
    progress: (step) => reporter.progress(step.type === 'warning' ? reachableWarning(step, reach) : step),
    plan: (plan) => reporter.plan(reachablePlan(plan, reach)),
    result: (result) => reporter.result(reachableResult(result, reach)),
    failure: (operation, outcome, cause, where, more) =>
      reporter.failure(operation, outcome, reachableCause(cause, reach), where, more),
  };
}
