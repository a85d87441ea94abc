// The settings that the volumes of an earlier release ask for: carried where nobody asked for less, refused where
// somebody did, and never in the way where they cannot be read.
import {describe, expect, it} from 'vitest';
import {settingsInControlFile} from '../../../source/chart/control-file.ts';
import {requiredSettings, type RequiredSettings} from '../../../source/chart/required-settings.ts';
import {cause, UserError} from '../../../source/core/cause.ts';
import {withKeptSettings, type AskedSettings} from '../../../source/operations/kept-settings.ts';
import type {KeptVolumes, StoragePort} from '../../../source/operations/ports/storage.ts';
import {claimOf} from '../../support/fakes/fake-objects.ts';
import {goodSurvey, parametersWith, targetFor} from '../../support/fakes/survey.ts';

const target = targetFor('orders');
const writerClaim = 'data-orders-postgresql-primary-0';
const readerClaim = 'data-orders-postgresql-read-0';
const defaults: RequiredSettings = {
  max_connections: 100,
  max_worker_processes: 8,
  max_wal_senders: 16,
  max_prepared_transactions: 0,
  max_locks_per_transaction: 64,
};
const claims = [writerClaim, readerClaim].map((name) => claimOf(name.replace(/^data-/, '')));
const parameters = parametersWith({readReplicaCount: 1});

const asked = (rest: Partial<AskedSettings> = {}): AskedSettings => ({
  parameters,
  answers: {},
  dryRun: false,
  chart: {source: 'c', version: '16.7.26'},
  survey: goodSurvey({target, claims}),
  commandFor: ({postgresConfig}) => JSON.stringify(postgresConfig),
  ...rest,
});

/** What the volumes say, and what was asked of whom. */
function storage(said: readonly RequiredSettings[] | Error) {
  const reads: KeptVolumes[] = [];
  const keptSettings = async (kept: KeptVolumes) => {
    reads.push(kept);
    if (said instanceof Error) throw said;
    return said;
  };
  return {reads, port: {keptSettings} as unknown as StoragePort};
}

const kept = (rest: Partial<AskedSettings>, said: readonly RequiredSettings[] | Error) =>
  withKeptSettings(asked(rest), storage(said).port);

describe('a release on the volumes of an earlier one', () => {
  it.each(requiredSettings)('gets what its readers need of %s, and it is said', async (name) => {
    const found = await kept({}, [defaults, {...defaults, [name]: 333}]);
    expect(found.parameters).toEqual({...parameters, postgresConfig: {[name]: '333'}});
    expect(found.refusal).toBeNull();
    expect(found.warnings).toEqual([{code: 'SETTINGS_CARRIED', message: found.sentence}]);
    expect(found.sentence).toContain(`${name}=333 is set as before`);
    const back = `set orders -n team-a --context prod-eu --postgres-config ${name}=`;
    expect(found.sentence).toContain(`pg-helm-install ${back}`);
  });
  it('keeps the settings that were asked for beside it', async () => {
    const own = parametersWith({readReplicaCount: 1, postgresConfig: {work_mem: '8MB'}});
    const found = await kept({parameters: own}, [{...defaults, max_connections: 130}]);
    expect(found.parameters.postgresConfig).toEqual({max_connections: '130', work_mem: '8MB'});
  });
  it('gets nothing where it has as much already', async () => {
    const own = parametersWith({readReplicaCount: 1, postgresConfig: {max_connections: '150'}});
    const found = await kept({parameters: own}, [{...defaults, max_connections: 130}]);
    expect(found).toEqual({parameters: own, warnings: [], refusal: null, sentence: null});
  });
  it('is refused where less was asked for, with the command that has as much', async () => {
    const own = parametersWith({readReplicaCount: 1, postgresConfig: {max_connections: '110'}});
    const answers = {postgresConfig: {max_connections: '110'}};
    const {refusal} = await kept({parameters: own, answers}, [{...defaults, max_connections: 130}]);
    expect(refusal).toMatchObject({code: 'LEFTOVER_VOLUME', remedies: [{command: '{"max_connections":"130"}'}]});
    expect(refusal?.message).toContain('max_connections=130');
  });
  it('is refused where a text of the file for --values says less, which stays the last word', async () => {
    const extraValues = {readReplicas: {extendedConfiguration: 'max_connections = 110'}};
    const own = parametersWith({readReplicaCount: 1, extraValues});
    const {refusal} = await kept({parameters: own}, [{...defaults, max_connections: 130}]);
    expect(refusal?.remedies[0]?.title).toContain('readReplicas.extendedConfiguration');
    expect(refusal?.remedies[0]?.command).toBeUndefined();
  });
  it.each([
    ['is not allowed', new UserError(cause('FORBIDDEN', 'no'))],
    ['is not answered', new UserError(cause('CONNECTION_LOST', 'reset'))],
    ['says nothing', []],
  ] as const)('is installed as ever where reading them %s', async (_how, said) => {
    expect(await kept({}, said)).toMatchObject({parameters, warnings: [], refusal: null});
  });
  it('a bug of ours is not taken for a volume that cannot be read', async () => {
    await expect(kept({}, new TypeError('a bug'))).rejects.toThrow('a bug');
  });
  it('in a dry run nothing is read, and that it will be is said', async () => {
    const {reads, port} = storage([]);
    expect((await withKeptSettings(asked({dryRun: true}), port)).sentence).toContain('before anything is installed');
    expect(reads).toEqual([]);
  });
});

describe('the volumes that are read', () => {
  const readOf = async (rest: Partial<AskedSettings>) => {
    const {reads, port} = storage([]);
    await withKeptSettings(asked(rest), port);
    return reads.flatMap((one) => one.claims);
  };
  it('are those of the writer and of the readers that are wanted', async () => {
    expect(await readOf({})).toEqual([writerClaim, readerClaim]);
  });
  it('are none where no reader has one, there is none, or there is a release', async () => {
    expect(await readOf({survey: goodSurvey({target, claims: claims.slice(0, 1)})})).toEqual([]);
    expect(await readOf({parameters: parametersWith({readReplicaCount: 0})})).toEqual([]);
    expect(await readOf({survey: goodSurvey({target, claims: null})})).toEqual([]);
    const revisions = [{revision: 1}] as unknown as ReturnType<typeof goodSurvey>['release']['revisions'];
    expect(await readOf({survey: goodSurvey({target, claims, release: {revisions, values: null}})})).toEqual([]);
  });
  it('are read with the image, secret and tolerations of the release', async () => {
    const {reads, port} = storage([]);
    const tolerations = [{key: 'db', operator: 'Exists'}];
    const own = parametersWith({
      readReplicaCount: 1,
      extraValues: {primary: {tolerations}, readReplicas: {tolerations}},
      images: {source: 'mirror:registry.example', tag: '17.6.0', digest: null, pullSecret: 'pull'},
    });
    await withKeptSettings(asked({parameters: own}), port);
    expect(reads).toMatchObject([{image: 'registry.example/postgresql:17.6.0', pullSecret: 'pull', tolerations}]);
  });
});

describe('a control file', () => {
  it('says the five settings, in lines of any length', () => {
    const wanted = {...defaults, max_wal_senders: 10};
    expect(
      settingsInControlFile(['        1700', '         100           8          10           0', '          64']),
    ).toEqual(wanted);
    expect(settingsInControlFile(['1300 100 8 10 0 64'])).toEqual(wanted);
  });
  it.each([
    ['of a version that nobody knows', '9999 100 8 10 0 64'],
    ['that is cut off', '1700 100 8 10'],
    ['that is something else', 'od: /kept/data/global/pg_control: No such file or directory'],
    ['whose numbers are no settings', '1700 -5 8 10 0 64'],
    ['that is empty', ''],
  ])('%s says nothing', (_what, text) => {
    expect(settingsInControlFile(text.split('\n'))).toBeNull();
  });
});
