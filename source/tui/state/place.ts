// Where the wizard is: the cluster that answered, and the release that it is about. Pure.
import {sandboxContext} from '@pg-helm-install/sandbox';
import type {ReleaseRow} from '../../client/questions/status.ts';
import type {Opened} from '../../client/types.ts';
import {releaseNamed} from '../../observation/row-state.ts';
import type {Action} from './actions.ts';
import type {ShownTarget} from './target.ts';

export interface ClusterChoice {
  readonly contexts: readonly string[];
  /** The kubeconfig's current context. */
  readonly current: string | null;
  readonly opened: Opened | null;
  /** The only namespace in which releases were looked for, because not all may be listed; null: all namespaces. */
  readonly listedIn: string | null;
  readonly target: ShownTarget;
  /** The namespace that was given when the screens were opened; null: none was, so it is that of the context. */
  readonly givenNamespace: string | null;
  /** Whether home shows the releases of all namespaces, although one was given. */
  readonly allNamespaces: boolean;
  /** The screen on which a release that was named opens; null: it depends on what the cluster has. */
  readonly opens: 'top' | 'dashboard' | null;
  /** Whether screens leave out everything that changes something. */
  readonly readOnly: boolean;
}

/** How the screens were opened. */
export type Opening = Partial<Pick<ClusterChoice, 'opens' | 'readOnly'>>;

export function openPlace(target: Partial<ShownTarget>, {opens = null, readOnly = false}: Opening = {}): ClusterChoice {
  return {
    contexts: [],
    current: null,
    opened: null,
    listedIn: null,
    target: {context: '', namespace: '', release: '', ...target},
    givenNamespace: target.namespace || null,
    allNamespaces: false,
    opens,
    readOnly,
  };
}

/** What an action changes in the place. */
export function placeChanges(place: ClusterChoice, action: Action): Partial<ClusterChoice> {
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
      return {opened: action.opened, target: firstTarget(place, action.opened)};
    case 'target':
      return {target: {...target, ...action.target}};
    case 'found':
      return target.namespace === action.namespace ? listed(opened, action.releases, action.namespace) : {};
    case 'all namespaces':
      return {allNamespaces: action.shown};
    case 'releases':
      return listed(opened, action.releases);
    default:
      return {};
  }
}

/** `listedIn`: see ClusterChoice; absent: it stays as it is. */
function listed(opened: Opened | null, releases: Opened['releases'], listedIn?: string): Partial<ClusterChoice> {
  if (!opened) return {};
  return {opened: {...opened, releases}, ...(listedIn === undefined ? {} : {listedIn})};
}

/** The name that is proposed for a first release in an empty sandbox. */
const firstRelease = 'orders';

/**
 * The target once the cluster answers. A release that is to be opened may be in another namespace than that of the
 * context, where none was given and only one release has the name.
 */
export function firstTarget({target, opens}: Pick<ClusterChoice, 'target' | 'opens'>, opened: Opened): ShownTarget {
  const usual = targetIn(opened, target);
  if (opens !== 'dashboard' || target.namespace !== '') return usual;
  const {namespace} = releaseNamed(opened.releases ?? [], usual) ?? usual;
  return {...usual, namespace};
}

/** The releases that home lists: those of the namespace that was given, until all are asked for. */
export function shownReleases({
  opened,
  givenNamespace,
  allNamespaces,
}: Pick<ClusterChoice, 'opened' | 'givenNamespace' | 'allNamespaces'>): readonly ReleaseRow[] {
  const releases = opened?.releases ?? [];
  const isNarrow = givenNamespace !== null && !allNamespaces;
  return isNarrow ? releases.filter(({namespace}) => namespace === givenNamespace) : releases;
}

/** The target in the namespace that was named, or else in the context's own. */
function targetIn({context, defaultNamespace, releases}: Opened, target: ShownTarget): ShownTarget {
  const isFirst = context === sandboxContext && releases?.length === 0;
  return {
    context,
    namespace: target.namespace || defaultNamespace,
    release: target.release || (isFirst ? firstRelease : ''),
  };
}

/**
 * The target in another context; null is the same context. A namespace that was only the context's default is dropped.
 */
function targetElsewhere({target, opened}: ClusterChoice, context: string | null): ShownTarget {
  const namespace = target.namespace === opened?.defaultNamespace ? '' : target.namespace;
  return {...target, namespace, context: context ?? target.context};
}
