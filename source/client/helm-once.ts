// helm, found when it is needed first: what only reads works without it, and does not load what drives it.
import {UserError} from '../core/cause.ts';
import type {Helm} from '../helm/commands.ts';
import type {HelmProgram} from '../helm/find.ts';
import type {Settings} from './settings.ts';

export interface HelmOnce {
  /** Begins to look for helm, so that it is found by the time it is needed. Nobody is asked anything. */
  readonly look: () => void;
  /** @throws UserError as findHelm does */
  readonly program: () => Promise<HelmProgram>;
  /** @throws UserError as findHelm does */
  readonly commands: () => Promise<Helm>;
}

export function helmOnce({
  environment,
  signal,
  obtainHelm,
}: Pick<Settings, 'environment' | 'signal' | 'obtainHelm'>): HelmOnce {
  let looking: Promise<HelmProgram> | null = null;
  let found: Promise<HelmProgram> | null = null;
  const look = () =>
    (looking ??= import('../helm/find.ts').then(({findHelm, checkoutRoot}) =>
      findHelm({environment, checkout: checkoutRoot(), signal}),
    ));
  const obtained = (error: unknown): Promise<HelmProgram> => {
    // Forgets the failed search: helm may be there the next time.
    looking = null;
    const isMissing = error instanceof UserError && ['HELM_MISSING', 'HELM_UNSUPPORTED'].includes(error.reason.code);
    // Someone who names a helm means that one, so no other is fetched.
    if (!isMissing || !obtainHelm || environment['PGHI_HELM']) throw error;
    return obtainHelm(error.reason);
  };
  const program = () =>
    (found ??= look()
      .catch(obtained)
      .catch((error: unknown) => {
        found = null;
        throw error;
      }));
  const commands = async (): Promise<Helm> => {
    const [{helmCommands}, which] = await Promise.all([import('../helm/commands.ts'), program()]);
    return helmCommands(which, environment);
  };
  return {look: () => void look().catch(() => undefined), program, commands};
}
