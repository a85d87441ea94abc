// Names and volumes of backups that cannot be.
import {expect, it} from 'vitest';
import {backup} from '../../../../source/observation/checks/backup.ts';
import {goodSurvey, targetFor, wantedWith} from '../../../support/fakes/survey.ts';

const on = {schedule: '0 3 * * *', size: '8Gi', keep: 7};
const wanted = wantedWith({parameters: {backup: on}});
const claim = (size: string, storageClassName = 'standard') => ({
  metadata: {name: 'orders-postgresql-primary-pgdumpall'},
  spec: {storageClassName, resources: {requests: {storage: size}}},
});
const codes = (survey: Parameters<typeof backup>[0], context = wanted) =>
  backup(survey, context).map((finding) => (finding.severity === 'refuse' ? finding.cause.code : finding.warning.code));

it('nothing is said where there are none, nor where their volume fits', () => {
  expect(codes({...goodSurvey(), backupClaim: claim('20Gi')}, wantedWith())).toEqual([]);
  expect(codes(goodSurvey())).toEqual([]);
  expect(codes({...goodSurvey(), backupClaim: claim('8Gi')})).toEqual([]);
  expect(codes({...goodSurvey(), backupClaim: claim('1Gi')})).toEqual([]);
});

it('a name that is too long for a CronJob is refused: NAME_TOO_LONG', () => {
  const long = 'a-release-with-a-longer-name';
  expect(codes(goodSurvey(), {...wanted, target: targetFor(long)})).toEqual(['NAME_TOO_LONG']);
  expect(codes(goodSurvey(), {...wanted, target: targetFor(long.slice(0, 23))})).toEqual([]);
});

it('the volume of earlier backups does not shrink, and says its size', () => {
  const [finding] = backup({...goodSurvey(), backupClaim: claim('20Gi')}, wanted);
  expect(finding).toMatchObject({cause: {code: 'STORAGE_SHRINK', remedies: [{title: 'Add --backup-size 20Gi'}]}});
});

it('one of a class that does not let volumes grow stays as it is', () => {
  const storageClasses = [{metadata: {name: 'fixed'}, provisioner: 'p', allowVolumeExpansion: false}];
  const survey = {...goodSurvey(), storageClasses, backupClaim: claim('1Gi', 'fixed')};
  expect(codes(survey)).toEqual(['STORAGE_CANNOT_GROW']);
});
