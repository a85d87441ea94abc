// Where the wizard is: the cluster that answered, and the release that it is about. Pure.
import {sandboxContext} from '@pg-helm-install/sandbox';
import type {Opened} from '../../client/types.ts';
import type {Action} from './actions.ts';
import type {Target} from './target.ts';

export interface Place {
  readonly contexts: readonly string[];
  /** The kubeconfig's current context. */
  readonly current: string | null;
  readonly opened: Opened | null;
  /** The only namespace in which releases were looked for, because not all may be listed; null: all namespaces. */
  readonly listedIn: string | null;
  readonly target: Target;
  /** The namespace that was given when the screens were opened; null: none was, so it is that of the context. */
  readonly givenNamespace: string | null;
  /** The screen on which a release that was named opens; null: it depends on what the cluster has. */
  readonly opens: 'top' | null;
  /** Whether screens leave out everything that changes something. */
  readonly readOnly: boolean;
}

/** How the screens were opened. */
export type Opening = Partial<Pick<Place, 'opens' | 'readOnly'>>;

export function openPlace(target: Partial<Target>, {opens = null, readOnly = false}: Opening = {}): Place {
  return {
    contexts: [],
    current: null,
    opened: null,
    listedIn: null,
    target: {context: '', namespace: '', release: '', ...target},
    givenNamespace: target.namespace || null,
    opens,
    readOnly,
  };
}

/** What an action changes in the place. */
export function placeChanges(place: Place, action: Action): Partial<Place> {
  const {target, opened} = place;
  switch (action.type) {
    case 'contexts':
      return {
        contexts: action.names,
        current: action.current,
        target: {...target, context: target.context || (action.current ?? '')},
      };
    case 'open':
      return {opened: null, listedIn: null, target: targetElsewhere(place, action.context)};
    case 'opened':
      return {opened: action.opened, target: targetIn(action.opened, target)};
    case 'target':
      return {target: {...target, ...action.target}};
    case 'found':
      return opened && target.namespace === action.namespace
        ? {opened: {...opened, releases: action.releases}, listedIn: action.namespace}
        : {};
    case 'releases':
      return opened ? {opened: {...opened, releases: action.releases}} : {};
    default:
      return {};
  }
}

/** The name that is proposed for a first release in an empty sandbox. */
const firstRelease = 'orders';

/** The target in the namespace that was named, or else in the context's own. */
export function targetIn({context, defaultNamespace, releases}: Opened, target: Target): Target {
  const isFirst = context === sandboxContext && releases?.length === 0;
  return {
    ...{context, namespace: target.namespace || defaultNamespace},
    release: target.release || (isFirst ? firstRelease : ''),
  };
}

/**
 * The target in another context; null is the same context. A namespace that was only the context's default is dropped.
 */
function targetElsewhere({target, opened}: Place, context: string | null): Target {
  const namespace = target.namespace === opened?.defaultNamespace ? '' : target.namespace;
  return {...target, namespace, context: context ?? target.context};
}
