// The names that a word of the command line may be: contexts, namespaces, releases. Only what is asked for is loaded.
import {contextsIn} from './contexts.ts';

interface KnownName {
  readonly name: string;
  /** The state of a release; empty for others. */
  readonly about: string;
}

interface WhereToLook {
  readonly kubeconfig: string | null;
  /** Null: the current one. */
  readonly context: string | null;
  /** Null: that of the context. */
  readonly namespace: string | null;
}

/** @throws UserError as connect does, and others of the cluster */
export async function knownNames(
  what: 'contexts' | 'namespaces' | 'releases',
  {kubeconfig, context, namespace}: WhereToLook,
): Promise<readonly KnownName[]> {
  const bare = (name: string): KnownName => ({name, about: ''});
  if (what === 'contexts') return contextsIn(kubeconfig).names.map(bare);
  const {connect} = await import('../../cluster/connect.ts');
  const connection = await connect({kubeconfig, context});
  if (what === 'namespaces') {
    const {paths} = await import('../../cluster/paths.ts');
    const {items} = await connection.api.listMetadata(paths.namespaces);
    return items.map(({metadata}) => bare(metadata.name));
  }
  const [{readCatalogue}, {listReleases}] = await Promise.all([import('./catalogue.ts'), import('./list.ts')]);
  const catalogue = await readCatalogue(connection, namespace ?? connection.defaultNamespace);
  const {releases} = await listReleases(catalogue, {needsInside: false});
  return releases.map(({name, state}) => ({name, about: state}));
}
