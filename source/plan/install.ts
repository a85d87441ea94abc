// What an install will do, as sentences and as data.
import {claimNames, objectNames} from '../chart/names.ts';
import {admittedSentence, meshSentence} from './access.ts';
import {backupsMade} from './backup.ts';
import {encryptionOffered} from './certificate.ts';
import {metricsOffered} from './metrics.ts';
import type {Survey} from '../observation/survey.ts';
import type {Parameters} from '../parameters/parameters.ts';
import {ofReaders} from '../parameters/readers.ts';

interface InstallPlan {
  readonly consequences: readonly {
    readonly code: 'CREATE' | 'DATA_KEPT' | 'NO_CHANGE';
    readonly object: string;
    readonly sentence: string;
  }[];
  readonly steps: readonly {readonly name: string; readonly command: string | null}[];
  readonly values: Readonly<Record<string, unknown>>;
  readonly manifests: string;
  readonly command: string;
}

export function planInstall(from: {
  readonly survey: Survey;
  readonly parameters: Parameters;
  readonly values: Readonly<Record<string, unknown>>;
  readonly manifests: string;
  /** What is restored in the Secret, as a sentence; null or absent: nothing. */
  readonly restores?: string | null;
  /** What existing volumes need of the readers' settings, as a sentence; null or absent: nothing. */
  readonly needs?: string | null;
  readonly command: string;
  readonly steps: readonly {readonly name: string; readonly command: string | null}[];
}): InstallPlan {
  const {survey, parameters, values, manifests, restores = null, needs = null, command, steps} = from;
  const {reader} = objectNames(survey.target);
  const kept = needs === null ? [] : [{code: 'DATA_KEPT' as const, object: `StatefulSet/${reader}`, sentence: needs}];
  const consequences = [...consequencesOf(survey, parameters, restores), ...kept];
  return {consequences, steps, values, manifests, command};
}

function consequencesOf(survey: Survey, parameters: Parameters, restores: string | null): InstallPlan['consequences'] {
  const {target, namespace, claims, secret, release} = survey;
  const names = objectNames(target);
  const newest = release.revisions.at(-1);
  const own = ofReaders(parameters);
  const size = ({storageSize, storageClass}: Parameters) =>
    `${storageSize}${storageClass ? ` of class ${storageClass}` : ''}`;
  const pod = ({cpu, memory}: Parameters) => `${cpu} CPU and ${memory} memory`;
  const readers = parameters.readReplicaCount;
  const used = claimNames(target, readers);
  const create = (object: string, sentence: string) => ({code: 'CREATE' as const, object, sentence});
  const restored = restores === null ? [] : [create(`Secret/${names.secret}`, restores)];
  if (newest?.status === 'deployed') {
    return [
      ...restored,
      {
        code: 'NO_CHANGE',
        object: `Release/${target.release}`,
        sentence: `${target.release} is deployed already, revision ${newest.revision}. Its endpoints are proven again.`,
      },
    ];
  }
  return [
    ...(namespace.state === 'absent'
      ? [create(`Namespace/${target.namespace}`, `Namespace ${target.namespace} is made.`)]
      : []),
    ...restored,
    ...(secret || restores !== null
      ? []
      : [
          create(
            `Secret/${names.secret}`,
            `Secret ${names.secret} is made with the passwords. It stays when the release goes.`,
          ),
        ]),
    create(`StatefulSet/${names.writer}`, `One writer is made: ${pod(parameters)}, a volume of ${size(parameters)}.`),
    ...(readers > 0
      ? [
          create(
            `StatefulSet/${names.reader}`,
            `${readers} ${readers === 1 ? 'reader is made, with' : 'readers are made, each with'} ${pod(own)} and a ` +
              `volume of ${size(own)}.`,
          ),
        ]
      : []),
    ...accessOf(survey, parameters).map(([object, sentence]) => create(object, sentence)),
    ...offersOf(survey, parameters).map(([object, sentence]) => create(object, sentence)),
    ...(claims ?? []).map(({metadata: {name}}) => ({
      code: 'DATA_KEPT' as const,
      object: `PersistentVolumeClaim/${name}`,
      sentence: used.includes(name)
        ? `Volume ${name} is there already; the data on it is used.`
        : `Volume ${name} is there from before; no pod of this release uses it, and it stays.`,
    })),
  ];
}

/** What else was asked for: how it is watched, dumped and encrypted; object and sentence. */
function offersOf({target}: Survey, parameters: Parameters): (readonly [object: string, sentence: string])[] {
  const {writer, backup} = objectNames(target);
  const offers = [
    [`Service/${writer}-metrics`, metricsOffered(parameters, target)],
    [`CronJob/${backup}`, backupsMade(parameters.backup, backup)],
    [`StatefulSet/${writer}`, encryptionOffered(parameters.tls)],
  ] as const;
  return offers.flatMap(([object, sentence]) => (sentence === null ? [] : [[object, sentence] as const]));
}

/** Whom its network policies let in, and the proxy beside the database; object and sentence. */
function accessOf({target}: Survey, parameters: Parameters): (readonly [object: string, sentence: string])[] {
  const {writer} = objectNames(target);
  const admitted = admittedSentence(target, parameters);
  const mesh = parameters.serviceMesh;
  return [
    ...(admitted === null ? [] : [[`NetworkPolicy/${writer}`, admitted] as const]),
    ...(mesh === 'none' ? [] : [[`StatefulSet/${writer}`, meshSentence(mesh)] as const]),
  ];
}
