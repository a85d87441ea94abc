import {describe, expect, it} from 'vitest';
import {UserError} from '../../../source/core/cause.ts';
import {
  answersFromEnvironment,
  answersFromFlags,
  extraValuesFiles,
  mergeAnswers,
} from '../../../source/parameters/answers.ts';
import {descriptorOf, descriptors} from '../../../source/parameters/parameters.ts';
import {flagDescription, flagsFor, flagSyntax} from '../../../source/parameters/help.ts';

const refusal = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof UserError && error.reason.code === 'BAD_INPUT') return error.message;
    throw error;
  }
  return 'nothing was refused';
};

const options = {
  username: 'app',
  database: 'appdb',
  instanceType: 'm6i.large',
  storageSize: '50Gi',
  readReplicas: '2',
  storageClass: 'gp3',
  exposure: 'load-balancer',
  allowFrom: '10.0.0.0/8, fd00::/8',
  hostname: 'DB.example.com',
  cpu: '2',
  memory: '4Gi',
  spread: 'preferred',
  imageSource: 'mirror:r.example/x',
  imageTag: '17.6.0-debian-12-r4',
  imageDigest: `sha256:${'a'.repeat(64)}`,
  pullSecret: 'pull',
};
const answers = {
  username: 'app',
  database: 'appdb',
  instanceType: 'm6i.large',
  storageSize: '50Gi',
  readReplicaCount: 2,
  storageClass: 'gp3',
  exposure: 'load-balancer',
  allowFrom: {kind: 'cidrs', cidrs: ['10.0.0.0/8', 'fd00::/8']},
  hostname: 'db.example.com',
  cpu: '2',
  memory: '4Gi',
  spread: 'preferred',
  images: {
    source: 'mirror:r.example/x',
    tag: '17.6.0-debian-12-r4',
    digest: `sha256:${'a'.repeat(64)}`,
    pullSecret: 'pull',
  },
} as const;

describe('answersFromFlags', () => {
  it('reads every flag, and nothing that is no parameter', () => {
    expect(
      answersFromFlags({
        ...options,
        namespace: 'team-a',
        yes: true,
        passwordFile: 'x',
        passwordStdin: true,
        values: 'x.yaml',
      }),
    ).toEqual(answers);
    expect(answersFromFlags({})).toEqual({});
    expect(answersFromFlags({internal: true})).toEqual({allowFrom: {kind: 'internal'}});
    expect(answersFromFlags({allowPublic: true, internal: false})).toEqual({allowFrom: {kind: 'public'}});
    const digest = `sha256:${'b'.repeat(64)}`;
    expect(answersFromFlags({imageTag: `17.12-bookworm@${digest}`})).toEqual({images: {tag: '17.12-bookworm', digest}});
  });

  it.each<[Record<string, unknown>, string]>([
    [{storageSize: '20GB'}, '--storage-size: "20GB" is not a Kubernetes quantity'],
    [{storageSize: '500Mi'}, '--storage-size: 500Mi is too little. The least is 1Gi.'],
    [
      {storageSize: '99999999999999999999999'},
      '--storage-size: 99999999999999999999999 is too much. Kubernetes counts less than 8Ei.',
    ],
    [{memory: '128Mi'}, '--memory: 128Mi is too little. The least is 256Mi.'],
    [{cpu: '-1'}, '--cpu:'],
    [{readReplicas: '16'}, '--read-replicas: "16"'],
    [{readReplicas: '-1'}, '--read-replicas: "-1"'],
    [{readReplicas: '1.5'}, '0 to 15'],
    [{exposure: 'public'}, '--exposure: "public" is none of cluster, load-balancer, node-port'],
    [{allowFrom: '10.0.0.0/8,'}, '--allow-from: "" is not a CIDR range'],
    [{allowFrom: '10.0.0.0/8', internal: true}, '--allow-from and --internal exclude each other'],
    [{imageSource: 'bitnami'}, '--image-source: "bitnami" is not a source of images'],
    [{imageTag: '17.12-bookworm@sha256:1'}, '--image-tag: "sha256:1" is not a digest'],
    [{imageTag: '@sha256:1'}, '--image-tag: "" cannot be an image\'s tag'],
    [{pullSecret: 'A'}, '--pull-secret:'],
    [{username: 'repl_user'}, '--username: repl_user'],
    [{username: ''}, '--username:'],
  ])('refuses %j', (given, words) => {
    expect(refusal(() => answersFromFlags(given))).toContain(words);
  });
});

describe('answersFromEnvironment', () => {
  it('reads every variable and leaves the others alone', () => {
    const environment = {
      PGHI_USERNAME: 'app',
      PGHI_DATABASE: 'appdb',
      PGHI_INSTANCE_TYPE: 'm6i.large',
      PGHI_STORAGE_SIZE: '50Gi',
      PGHI_READ_REPLICA_COUNT: '2',
      PGHI_STORAGE_CLASS: 'gp3',
      PGHI_EXPOSURE: 'load-balancer',
      PGHI_ALLOW_FROM: '10.0.0.0/8,fd00::/8',
      PGHI_HOSTNAME: 'db.example.com',
      PGHI_CPU: '2',
      PGHI_MEMORY: '4Gi',
      PGHI_SPREAD: 'preferred',
      PGHI_IMAGES: 'mirror:r.example/x',
      PGHI_IMAGE_TAG: '17.6.0-debian-12-r4',
      PGHI_IMAGE_DIGEST: `sha256:${'a'.repeat(64)}`,
      PGHI_PULL_SECRET: 'pull',
      PGHI_PASSWORD: 'tuna-melt-1234',
      PGHI_EXTRA_VALUES: 'x.yaml',
      PGHI_TLS: '',
      PATH: '/bin',
    };
    expect(answersFromEnvironment(environment, [])).toEqual(answers);
    expect(answersFromEnvironment({PGHI_ALLOW_FROM: 'internal'}, [])).toEqual({allowFrom: {kind: 'internal'}});
  });

  it('names a variable that is wrong, or that nobody knows', () => {
    expect(refusal(() => answersFromEnvironment({PGHI_MEMORY: 'much'}, []))).toContain('PGHI_MEMORY: "much"');
    expect(refusal(() => answersFromEnvironment({PGHI_STORAGESIZE: '1Gi'}, []))).toMatch(
      /^PGHI_STORAGESIZE is not.*PGHI_STORAGE_SIZE/,
    );
    expect(refusal(() => answersFromEnvironment({PGHI_ARCHIVE: 'x'}, []))).toContain(
      'PGHI_ARCHIVE is not a variable of pg-helm-install.',
    );
    expect(answersFromEnvironment({PGHI_DEBUG: '1'}, ['PGHI_DEBUG'])).toEqual({});
  });
});

describe('mergeAnswers', () => {
  it('takes each key from the stronger source, the images one by one', () => {
    expect(
      mergeAnswers(
        {storageSize: '50Gi', images: {source: 'bitnamilegacy'}},
        {storageSize: '20Gi', cpu: '1', images: {source: 'mirror:a.b', tag: '17'}},
      ),
    ).toEqual({storageSize: '50Gi', cpu: '1', images: {source: 'bitnamilegacy', tag: '17'}});
    expect(mergeAnswers({}, answers)).toEqual(answers);
    expect(mergeAnswers(answers, {})).toEqual(answers);
  });

  it('drops what only made sense with an answer that was overruled', () => {
    expect(mergeAnswers({exposure: 'cluster'}, {exposure: 'load-balancer', allowFrom: {kind: 'public'}})).toEqual({
      exposure: 'cluster',
    });
    expect(mergeAnswers({images: {tag: '18'}}, {images: {tag: '17', digest: 'sha256:a'}})).toEqual({
      images: {tag: '18'},
    });
    // The tag and the digest of the other kind of image, but no tag that was given beside no source at all.
    const digest = `sha256:${'a'.repeat(64)}` as const;
    expect(
      mergeAnswers({images: {source: 'official'}}, {images: {source: 'bitnamilegacy', tag: '17.6.0', digest}}),
    ).toEqual({images: {source: 'official'}});
    expect(mergeAnswers({images: {source: 'bitnamilegacy'}}, {images: {tag: '17.6.0-debian-12-r4'}})).toEqual({
      images: {source: 'bitnamilegacy', tag: '17.6.0-debian-12-r4'},
    });
  });
});

describe('the descriptors', () => {
  it('have each key, flag, option and variable once', () => {
    for (const names of [
      descriptors.map(({key}) => key),
      descriptors.flatMap(({flags}) => flags.map(({name}) => name)),
      descriptors.flatMap(({flags}) => flags.map(({option}) => option)),
      descriptors.flatMap(({variables}) => variables.map(({name}) => name)),
    ]) {
      expect(names).toEqual([...new Set(names)]);
    }
  });

  it('never take a password as a value', () => {
    const {flags, parse} = descriptorOf('password');
    expect(flags.every(({read}) => read === null)).toBe(true);
    expect(parse('x')).toHaveProperty('problem');
  });

  it('describe their flags with argument and default', () => {
    const [flag] = descriptorOf('storageSize').flags;
    if (!flag) throw new Error('no flag');
    expect(flagSyntax(flag)).toBe('--storage-size <quantity>');
    expect(flagDescription(flag)).toMatch(/^A quantity.*never shrink \(default: 20Gi\)$/);
  });
});

describe('flagsFor', () => {
  it('gives the flags that answersFromFlags reads back', () => {
    const flags = flagsFor({...answers, extraValues: {audit: {}}});
    expect(flags).toContain('--read-replicas');
    const given: Record<string, string> = {};
    flags.forEach((flag, index) => {
      const option = descriptors.flatMap((one) => one.flags).find(({name}) => name === flag)?.option;
      if (option !== undefined) given[option] = flags[index + 1] ?? '';
    });
    expect(answersFromFlags(given)).toEqual(answers);
    expect(flagsFor({allowFrom: {kind: 'public'}})).toEqual(['--allow-public']);
  });
});

describe('extraValuesFiles', () => {
  it('prefers the flag, and keeps the order', () => {
    expect(extraValuesFiles({values: ['b', 'a']}, {PGHI_EXTRA_VALUES: 'c'})).toEqual(['b', 'a']);
    expect(extraValuesFiles({}, {PGHI_EXTRA_VALUES: 'c'})).toEqual(['c']);
    expect(extraValuesFiles({}, {PGHI_EXTRA_VALUES: ''})).toBeNull();
  });
});
