// Puts together how an operation ended.
import {UserError, type Cause, type Warning} from '../core/cause.ts';
import {objectNames} from '../chart/names.ts';
import {secretKeysOf} from '../chart/secret-keys.ts';
import {fromValues} from '../chart/values.ts';
import {tlsOf} from '../observation/certificate-warnings.ts';
import {endpointsOf} from '../observation/endpoints.ts';
import {proofOf, viewOf} from '../observation/release-view.ts';
import type {Snapshot, Target} from '../observation/snapshot.ts';
import type {Parameters} from '../parameters/parameters.ts';
import type {Ending} from './converge.ts';
import type {Outcome} from '../core/outcome.ts';
import type {FailoverResult, LedgerEntry, Plan, Result, SwitchoverResult, WritesOut} from '../plan/progress.ts';

export interface Beginning {
  readonly operation: string;
  readonly target: Target;
  /** Milliseconds since the epoch. */
  readonly began: number;
  readonly now: () => number;
  readonly warnings: readonly Warning[];
}

/** A check said no before anything was changed. */
export function refused(beginning: Beginning & {readonly cause: Cause}): Result {
  return {...endOf({...beginning, outcome: 'refused'}), cause: beginning.cause};
}

export function endOf(
  end: Beginning & {
    readonly outcome: Outcome;
    readonly ending?: Ending;
    readonly notes?: readonly string[];
    readonly plan?: Plan;
    readonly parameters?: Parameters;
    readonly checksMs?: number;
    readonly ledger?: readonly LedgerEntry[];
    readonly switchover?: SwitchoverResult;
    readonly failover?: FailoverResult;
    readonly writesOut?: WritesOut | null;
  },
): Result {
  const {target, ending} = end;
  const seen = seenIn(ending?.snapshot ?? null);
  const parameters = end.parameters ?? seen.parameters;
  return {
    operation: end.operation,
    outcome: end.outcome,
    release: target.release,
    namespace: target.namespace,
    context: target.context,
    revision: seen.revision,
    chartVersion: seen.chartVersion,
    postgresVersion: seen.postgresVersion,
    durationMs: end.now() - end.began,
    endpoints: seen.endpoints,
    credentials: parameters && credentialsOf(parameters, target),
    ...tlsIn(ending, parameters),
    warnings: end.warnings,
    phases: phasesOf(end.checksMs, ending),
    notes: end.notes ?? ending?.notes ?? [],
    ...(ending?.cause ? {cause: ending.cause} : {}),
    ...present(end),
    ...(end.writesOut ? {writesOut: end.writesOut} : {}),
  };
}

type Particular = 'plan' | 'switchover' | 'failover' | 'ledger';

/** What only some operations have. */
function present({plan, switchover, failover, ledger}: Partial<Pick<Result, Particular>>): Pick<Result, Particular> {
  return {
    ...(plan ? {plan} : {}),
    ...(switchover ? {switchover} : {}),
    ...(failover ? {failover} : {}),
    ...(ledger ? {ledger} : {}),
  };
}

/** Empty where TLS is off. */
function tlsIn(ending: Ending | undefined, parameters: Parameters | null): Pick<Result, 'tls'> {
  const tls = ending?.snapshot ? tlsOf(ending.snapshot, parameters) : null;
  return tls ? {tls} : {};
}

/** Where the password is, never what it is. */
function credentialsOf({username, database}: Parameters, target: Target): Result['credentials'] {
  return {username, database, secret: objectNames(target).secret, passwordKey: secretKeysOf(target).user};
}

function phasesOf(checksMs: number | undefined, ending: Ending | undefined): Result['phases'] {
  const checks = checksMs === undefined ? [] : [{name: 'checks', ms: Math.round(checksMs)}];
  return [...checks, ...(ending?.phases ?? [])];
}

/** What the last look shows of the release. */
function seenIn(snapshot: Snapshot | null) {
  if (snapshot === null)
    return {revision: null, chartVersion: null, postgresVersion: null, endpoints: null, parameters: null};
  const {newest} = viewOf(snapshot);
  const {values} = snapshot.release;
  return {
    revision: newest?.revision ?? null,
    chartVersion: newest?.chartVersion ?? null,
    postgresVersion: proofOf(snapshot, 'writer')?.result.serverVersion ?? null,
    endpoints: endpointsOf(snapshot),
    parameters: fromValues(values),
  };
}

/** For a catch: what a UserError says. @throws anything else, which is a bug */
export function causeIn(error: unknown): Cause {
  if (error instanceof UserError) return error.reason;
  throw error;
}

export function outcomeOf({how}: Ending): Outcome {
  return how === 'done' ? 'succeeded' : how;
}

/** Where two have the same code, the later one is kept: it knows more. */
export function mergeWarnings(before: readonly Warning[], after: readonly Warning[]): Warning[] {
  const codes = new Set(after.map(({code}) => code));
  return [...before.filter(({code}) => !codes.has(code)), ...after];
}
