// How the rules speak: names, evidence, and commands that can be pasted.
import {kubectlHere} from '../../commands/kubectl.ts';
import {instanceSelector} from '../../chart/names.ts';
import type {ObjectRef, Remedy} from '../../core/cause.ts';
import {releaseRef} from '../../commands/operation.ts';
import {fillIn, propose} from '../../commands/command-line.ts';
import {otherRegistry} from '../../parameters/image-source.ts';
import type {Metadata} from '../kubernetes.ts';
import {plain} from '../text/plain-text.ts';
import {isReady, viewOf} from '../release-view.ts';
import type {Snapshot} from '../snapshot.ts';
import type {DatabasePod} from './database-pods.ts';

const longestText = 500;
const maxTexts = 8;
/** A replication connection string in a reader's log holds the password in the clear. */
const secrets = /(password\s*=\s*)('(?:[^'\\]|\\.)*'|"[^"]*"|\S+)/gi;

/**
 * The exact words, safe to show: without terminal sequences, repetitions and passwords; at most 8 texts of 500
 * characters.
 */
export function evidence(...texts: readonly (string | null | undefined)[]): string[] {
  const clean = texts.map((text) =>
    plain(text ?? '')
      .replace(secrets, '$1••••••••')
      .trim(),
  );
  return [...new Set(clean)].filter(Boolean).slice(-maxTexts).map(shortened);
}

function shortened(text: string): string {
  return text.length <= longestText ? text : `${text.slice(0, longestText - 1)}…`;
}

export function nameOf({pod, role}: DatabasePod): string {
  return `the ${role}'s pod ${pod.metadata.name}`;
}

export function refTo(kind: string, {name}: Pick<Metadata, 'name'>, {target}: Snapshot): ObjectRef {
  return {kind, namespace: target.namespace, name};
}

/** A remedy for what can be changed only by removing the release and installing it again. */
export function removeAndInstall(snapshot: Snapshot, flags: string): Remedy {
  const serves = isReady(viewOf(snapshot).writerPod);
  const meanwhile = serves ? 'the writer is away meanwhile; data and password stay' : 'data and password stay';
  return propose(`Remove the release (${meanwhile}), then run its install again with ${flags}`, {
    kind: 'uninstall',
    ...releaseRef(snapshot.target),
    deleteData: false,
    dumpTo: null,
  });
}

/** Helm has made the release, now or in an earlier revision, so that it is changed where it stands. */
function isInstalled({release}: Snapshot): boolean {
  return release.revisions.some(({status}) => status === 'deployed' || status === 'superseded');
}

interface OtherValues {
  readonly kind: 'set' | 'resize' | 'upgrade';
  /** What the command does. */
  readonly title: string;
  /** The flags of the command, with blanks in capitals. */
  readonly blanks: string;
  /** What the install is to be run with where there is no release yet that could be changed. */
  readonly flags: string;
}

/** How to ask for something else: by a change of the release, or by installing again where helm has not made it yet. */
export function askFor(snapshot: Snapshot, {kind, title, blanks, flags}: OtherValues): Remedy {
  if (!isInstalled(snapshot)) return removeAndInstall(snapshot, flags);
  return fillIn(title, kind, releaseRef(snapshot.target), blanks);
}

/** `what`: a noun phrase, for "change …" or "… changed". */
export function changeValues(snapshot: Snapshot, what: string): Remedy {
  return askFor(snapshot, {
    kind: 'set',
    title: `Or change ${what}: with the file of --values, or the flag that says it`,
    blanks: '--values FILE',
    flags: `${what} changed`,
  });
}

/** `which`: what is asked of the other registry, such as "a registry without such a limit". */
export function imagesFrom(snapshot: Snapshot, which: string): Remedy {
  return askFor(snapshot, {
    kind: 'upgrade',
    title: `Or take the images from ${which}: ${otherRegistry}`,
    blanks: '--image-source SOURCE',
    flags: `${otherRegistry}, ${which}`,
  });
}

/** `why`: what the Secret is for, such as "that holds the credentials". */
export function pullWith(snapshot: Snapshot, why: string): Remedy {
  return askFor(snapshot, {
    kind: 'set',
    title: `Pull the images with a Secret of the namespace ${why}`,
    blanks: '--pull-secret NAME',
    flags: `--pull-secret NAME, a Secret of the namespace ${why}`,
  });
}

/** The command lists and does not delete: by the time it is pasted, a claim may have got its volume and data. */
export function pendingClaimsFirst(snapshot: Snapshot): Remedy {
  return {
    title:
      'Before that install, delete those claims that are still Pending, and no other: they are empty, and keep ' +
      'the class they were made with',
    command: kubectlHere(snapshot.target, 'get', 'pvc', '-l', instanceSelector(snapshot.target.release)),
  };
}
