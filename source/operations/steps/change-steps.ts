// The steps of a change, in an order that loses nothing: images first, then helm, readers before the writer, data last.
import {UserError} from '../../cause.ts';
import {objectNames} from '../../chart/names.ts';
import {majorOf, otherMajor} from '../../chart/postgres-major.ts';
import {allImages} from '../../observation/definition.ts';
import type {Pod} from '../../observation/kubernetes.ts';
import {viewOf} from '../../observation/release-view.ts';
import type {Snapshot, Target} from '../../observation/snapshot.ts';
import {unwantedClaims} from '../../plan/change.ts';
import {tracksOf, type Track} from '../../observation/tracks.ts';
import type {Step} from '../converge.ts';
import {endpoints, readers, release, storage, writer, type WantedRelease} from './install-steps.ts';
import {renewPod} from './renew-pod.ts';

export interface WantedChange extends WantedRelease {
  /** What the pods of each role are going to run. */
  readonly images: {readonly writer: readonly string[]; readonly reader: readonly string[]};
  readonly pullSecret: string | null;
  /** Of the data; null when it could not be asked. */
  readonly postgresVersion: string | null;
  /** Images that a node is known to have, as `node image`: told by this run, because not everybody may read it from the nodes. */
  readonly tried: Set<string>;
}

type ChangeStep = Step<WantedChange>;

const images: ChangeStep = {
  name: 'images',
  done: (snapshot, wanted) => untried(snapshot, wanted).length === 0,
  async run(world, wanted, snapshot, signal) {
    const {writerSet} = viewOf(snapshot);
    const owner = writerSet?.metadata.uid ? {name: writerSet.metadata.name, uid: writerSet.metadata.uid} : null;
    const trials = untried(snapshot, wanted).map(async ({image, beside}) => {
      const version = await world.tryImage({image, beside, pullSecret: wanted.pullSecret, owner}, signal);
      // Only the PostgreSQL image says a version.
      if (version !== null && wanted.postgresVersion !== null && majorOf(version) !== majorOf(wanted.postgresVersion)) {
        throw new UserError(otherMajor(world.target, wanted.postgresVersion, version, image));
      }
      wanted.tried.add(keyOf(image, beside));
    });
    // All come to their end, which takes their pods away, before the first failure is told.
    const [failed] = (await Promise.allSettled(trials)).filter(({status}) => status === 'rejected') as PromiseRejectedResult[];
    if (failed) throw failed.reason;
    return null;
  },
};

const spareReaders: ChangeStep = {
  name: 'readers that go',
  done: ({pods, target}, {readReplicaCount}) => {
    const prefix = `${objectNames(target.fullname).reader}-`;
    return !pods.some(({metadata: {name}}) => name.startsWith(prefix) && Number(name.slice(prefix.length)) >= readReplicaCount);
  },
};

const volumes: ChangeStep = {
  name: 'volumes',
  done: (snapshot, {readReplicaCount}) => unwantedClaims(snapshot, readReplicaCount).length === 0,
  async run(world, {readReplicaCount}, snapshot) {
    await world.deleteClaims(unwantedClaims(snapshot, readReplicaCount).map(({metadata}) => metadata.name));
    return null;
  },
  // The cluster keeps a claim for as long as a pod has it.
  holdBack: (snapshot, {readReplicaCount}) =>
    unwantedClaims(snapshot, readReplicaCount).every(({metadata}) => metadata.deletionTimestamp) ? 'they are going' : null,
};

/** The command for a person is that of an upgrade: the release is there. */
const upgraded: ChangeStep = {...release, command: (world, {chart}) => world.helm.describe(chart, 'upgrade')};

/** The usual tracks; while images are tried the release waits for that. */
export function changeTracks(snapshot: Snapshot, wanted: WantedChange): readonly Track[] {
  const missing = untried(snapshot, wanted);
  const isApplied = upgraded.done(snapshot, wanted);
  return tracksOf(snapshot).map((track) => {
    if (track.track !== 'release' || missing.length === 0 || isApplied) return track;
    const nodes = [...new Set(missing.map(({beside}) => beside.spec.nodeName))].join(', ');
    return {...track, state: 'running', text: `the new image is tried on ${nodes}; nothing is changed yet`};
  });
}

/** `renews`: which pods get the definition that they are older than; a scale leaves them as they are. */
export function changeSteps(change: {
  readonly target: Target;
  readonly renews: {readonly writer: boolean; readonly readers: boolean};
  /** A writer that does not serve comes before the readers, which wait for it. */
  readonly writerServes: boolean;
  readonly deleteVolumes: boolean;
  readonly readReplicaCount: number;
  readonly now: () => number;
}): readonly ChangeStep[] {
  const {target, renews, writerServes, deleteVolumes, readReplicaCount, now} = change;
  const names = objectNames(target.fullname);
  const ofReaders = Array.from({length: readReplicaCount}, (_, ordinal) => renewPod(`${names.reader}-${ordinal}`, 'reader', now)).flat();
  const ofWriter = renews.writer ? renewPod(`${names.writer}-0`, writerServes ? 'writer' : 'broken writer', now) : [];
  return [
    ...(renews.writer || renews.readers ? [images] : []),
    upgraded,
    ...(writerServes ? [] : ofWriter),
    ...(renews.readers ? ofReaders : []),
    ...(writerServes ? ofWriter : []),
    spareReaders,
    storage,
    writer,
    readers,
    endpoints,
    ...(deleteVolumes ? [volumes] : []),
  ];
}

/** Images that a pod is going to run, does not run yet, and that its node has not been seen to pull. */
function untried(snapshot: Snapshot, wanted: WantedChange): {image: string; beside: Pod}[] {
  const {writerPod, readerPods} = viewOf(snapshot);
  const ofPod = (pod: Pod, asked: readonly string[]) => {
    if (!pod.spec.nodeName || pod.metadata.deletionTimestamp) return [];
    const has = allImages(pod);
    return asked.filter((image) => !has.includes(image) && !wanted.tried.has(keyOf(image, pod))).map((image) => ({image, beside: pod}));
  };
  const all = [...readerPods.flatMap((pod) => ofPod(pod, wanted.images.reader)), ...(writerPod ? ofPod(writerPod, wanted.images.writer) : [])];
  return all.filter((one, at) => all.findIndex((other) => keyOf(other.image, other.beside) === keyOf(one.image, one.beside)) === at);
}

function keyOf(image: string, {spec}: Pod): string {
  return `${spec.nodeName ?? ''} ${image}`;
}
