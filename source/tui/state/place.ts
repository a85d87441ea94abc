// Where the wizard is: the cluster that answered, and the release that is meant. Pure.
import {sandboxContext} from '@pg-helm-install/sandbox';
import type {Opened} from '../../client/types.ts';
import type {Action} from './actions.ts';
import type {Target} from './target.ts';

export interface Place {
  readonly contexts: readonly string[];
  /** The kubeconfig's current context. */
  readonly current: string | null;
  readonly opened: Opened | null;
  /** The only namespace whose releases were looked for, because not all may be listed; null: all of them. */
  readonly listedIn: string | null;
  readonly target: Target;
  /** That was given when the screens were opened; null: that of the context is meant. */
  readonly givenNamespace: string | null;
  /** The screen of the release that was named, which comes first; null: what there is decides. */
  readonly opens: 'top' | null;
  /** Nothing that changes something is offered. */
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

/** What an action changes of it. */
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

/** What is tried in an empty sandbox has a name at once. */
const firstRelease = 'orders';

/** In the namespace that was named, else in the one of the context. */
export function targetIn({context, defaultNamespace, releases}: Opened, target: Target): Target {
  const isFirst = context === sandboxContext && releases?.length === 0;
  return {
    ...{context, namespace: target.namespace || defaultNamespace},
    release: target.release || (isFirst ? firstRelease : ''),
  };
}

/** In another context; null is the same one. A namespace that only was the default of the context goes with it. */
function targetElsewhere({target, opened}: Place, context: string | null): Target {
  const namespace = target.namespace === opened?.defaultNamespace ? '' : target.namespace;
  return {...target, namespace, context: context ?? target.context};
}
