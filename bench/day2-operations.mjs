// The day-2 operations: how our command does each, how a user of plain helm does it, and what clients of the writer may
// notice of ours.
import {cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {chart} from './place.mjs';

// Each side runs its own default: official images need an entry point, which plain helm does not give them.
const tags = [
  {ours: '17.12-bookworm', theirs: '17.6.0-debian-12-r0'},
  {ours: '17-bookworm', theirs: '17.6.0-debian-12-r4'},
];
const versions = ['16.7.26', '16.7.27'];
const folder = mkdtempSync(join(tmpdir(), 'pghi-bench-charts-'));
process.once('exit', () => rmSync(folder, {recursive: true, force: true}));

function toTag({imageTag}) {
  return ['upgrade', '--image-tag', imageTag.ours];
}

function toLogAbove({logMinDurationMs}) {
  return ['set', '--postgres-config', `log_min_duration_statement=${logMinDurationMs}`];
}

/** Ours goes to the frozen images, which plain helm has anyway. */
const frozen = {change: {}, ours: ['upgrade', '--image-source', 'bitnamilegacy']};

/** What both sides are installed with. The sizes let a small cluster hold two such releases. */
export const installed = {
  readReplicaCount: 1,
  cpu: '100m',
  memory: '512Mi',
  storageSize: '1Gi',
  imageTag: tags[0],
  chart,
};

/**
 * `change(round)` returns what the operation changes: up in one round and back in the next, except for a disk, which
 * only grows. `ours` are the arguments of our command; `theirs` is helm's verb where it is not `upgrade`, or what plain
 * tools do instead. `isOneWay`: plain helm's release is installed again for each round. `isAdoption`: plain helm
 * installs the release that ours adopts, also again for each round. `prepare` lists changes that both sides make
 * beforehand, one after the other, while nothing is measured.
 * `may` is what the operation may cost: `nothing` (no write fails and no pod restarts), `restart` (the writer's
 * container once, at most 1 s), `new pod` (once, at most 3 s).
 */
export const operations = {
  scale: {
    title: 'scale readers',
    may: 'nothing',
    change: (round) => ({readReplicaCount: upAndBack(round, 2, 1)}),
    ours: ({readReplicaCount}) => ['scale', '--read-replicas', String(readReplicaCount)],
  },
  resize: {
    title: 'resize CPU and memory',
    may: 'nothing',
    change: (round) => ({cpu: upAndBack(round, '150m', '100m'), memory: upAndBack(round, '640Mi', '512Mi')}),
    ours: ({cpu, memory}) => ['resize', '--cpu', cpu, '--memory', memory],
  },
  grow: {
    title: 'grow the disk',
    may: 'nothing',
    change: (round) => ({storageSize: `${round + 2}Gi`}),
    ours: ({storageSize}) => ['resize', '--storage-size', storageSize],
    // Plain helm cannot do it at all: it ends with this error.
    refused: /updates to statefulset spec/,
  },
  image: {
    title: 'upgrade, image',
    may: 'restart',
    change: (round) => ({imageTag: upAndBack(round, tags[1], tags[0])}),
    ours: toTag,
  },
  chart: {
    title: 'upgrade, chart version',
    may: 'restart',
    change: (round) => ({chart: chartOfVersion(upAndBack(round, versions[1], versions[0]))}),
    ours: (changed) => ['upgrade', '--chart', changed.chart],
  },
  // A rollback goes to the previous revision and makes a new one, so that rollbacks change the image to and fro.
  rollback: {
    title: 'roll back an image',
    may: 'restart',
    prepare: tags.map((imageTag) => ({change: {imageTag}, ours: toTag({imageTag})})),
    change: (round) => ({imageTag: upAndBack(round, tags[0], tags[1])}),
    ours: () => ['rollback'],
    theirs: 'rollback',
  },
  restart: {
    title: 'restart, new pods',
    may: 'new pod',
    change: (round) => ({restartedIn: round}),
    ours: () => ['restart'],
  },
  // The first settings of a release that has none need new pods on either side, because the chart mounts their file.
  settings: {
    title: 'set a setting that reloads',
    may: 'nothing',
    prepare: [{change: {logMinDurationMs: 1000}, ours: toLogAbove({logMinDurationMs: 1000})}],
    change: (round) => ({logMinDurationMs: upAndBack(round, 500, 750)}),
    ours: toLogAbove,
  },
  'allow-list': {
    title: 'set who may connect',
    may: 'nothing',
    change: (round) => ({allowFrom: upAndBack(round, '10.0.0.0/8,127.0.0.0/8', '0.0.0.0/0')}),
    ours: ({allowFrom}) => ['set', '--allow-from', allowFrom],
  },
  // Plain helm has no way: a password in its values reaches the Secret, never the server. Its pods are made anew.
  password: {
    title: 'rotate the password',
    may: 'nothing',
    change: (round) => ({restartedIn: round}),
    ours: () => ['rotate-password'],
  },
  tls: {
    title: 'TLS on and off',
    may: 'new pod',
    change: (round) => ({tls: upAndBack(round, true, false)}),
    ours: ({tls}) => ['set', '--tls', tls ? 'self-signed' : 'off'],
  },
  metrics: {
    title: 'metrics on and off',
    may: 'new pod',
    change: (round) => ({metrics: upAndBack(round, true, false)}),
    ours: ({metrics}) => ['set', '--metrics', metrics ? 'on' : 'off'],
  },
  // With plain tools the writer's pod is deleted and comes back where its volume is: the role does not move.
  switchover: {
    title: "move the writer's role, beside deleting its pod",
    may: 'new pod',
    change: () => ({}),
    ours: () => ['switchover'],
    theirs: 'delete pod',
  },
  // The recipe that people follow: the reader is promoted, and the Service's selector is pointed at it. The role has
  // then moved, but the old writer's pod has to be made a reader by hand, and the next helm upgrade points the Service
  // back.
  'switchover-by-hand': {
    title: "move the writer's role, beside the recipe by hand",
    may: 'new pod',
    change: () => ({}),
    ours: () => ['switchover'],
    theirs: 'promote by hand',
    // By hand, the only way back is a new copy of the database.
    isOneWay: true,
  },
  // Compares the one restart that an adoption needs with that of any helm upgrade that changes a pod.
  adopt: {
    title: 'adopt a release of plain helm',
    may: 'new pod',
    idleSessions: 20,
    change: (round) => ({restartedIn: round}),
    ours: () => ['adopt'],
    isOneWay: true,
    isAdoption: true,
  },
  // Beside another tag of the frozen images: plain helm cannot start official ones.
  'image-source': {
    title: 'move to official images and back',
    may: 'new pod',
    prepare: [frozen],
    change: (round) => ({imageTag: upAndBack(round, tags[1], tags[0])}),
    ours: ({imageTag}) => ['upgrade', '--image-source', imageTag === tags[1] ? 'official' : 'bitnamilegacy'],
  },
  'switchover-frozen': {
    title: "move the writer's role, frozen images",
    may: 'new pod',
    prepare: [frozen],
    change: () => ({}),
    ours: () => ['switchover'],
    theirs: 'delete pod',
  },
};

function upAndBack(round, up, back) {
  return round % 2 === 0 ? up : back;
}

/** The chart under another version number, so that only labels of the pods differ. */
function chartOfVersion(version) {
  if (version === versions[0]) return chart;
  const copy = join(folder, version, 'postgresql');
  cpSync(chart, copy, {recursive: true});
  const about = join(copy, 'Chart.yaml');
  writeFileSync(about, readFileSync(about, 'utf8').replace(/^version: .*/m, `version: ${version}`));
  return copy;
}
