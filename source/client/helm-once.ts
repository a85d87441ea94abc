// helm, found when it is needed first: what only reads works without it, and does not load what drives it.
import type {Helm} from '../helm/commands.ts';
import type {HelmProgram} from '../helm/find.ts';
import type {Settings} from './settings.ts';

export interface HelmOnce {
  /** @throws UserError as findHelm does */
  readonly program: () => Promise<HelmProgram>;
  /** @throws UserError as findHelm does */
  readonly commands: () => Promise<Helm>;
}

export function helmOnce({environment, signal}: Pick<Settings, 'environment' | 'signal'>): HelmOnce {
  let found: Promise<HelmProgram> | null = null;
  const program = () =>
    (found ??= import('../helm/find.ts').then(({findHelm, checkoutRoot}) =>
      findHelm({environment, checkout: checkoutRoot(), signal}),
    ));
  const commands = async (): Promise<Helm> => {
    const [{helmCommands}, which] = await Promise.all([import('../helm/commands.ts'), program()]);
    return helmCommands(which, environment);
  };
  return {program, commands};
}
