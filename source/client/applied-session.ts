// A release that kubectl applied, while it is adopted: it is treated as if helm already had the record that the first
// step writes.
import {databaseChart} from '../chart/names.ts';
import {namingIn} from '../chart/naming-values.ts';
import {readApplied, writeRecord} from '../cluster/applied-objects.ts';
import {readSnapshot} from '../cluster/snapshot.ts';
import {UserError} from '../core/cause.ts';
import type {ReleaseState, Revision, Snapshot, Target} from '../observation/snapshot.ts';
import type {Ports} from '../operations/ports/index.ts';
import {recordedAsApplied} from '../plan/recorded-as-applied.ts';
import {appliedRelease, type AppliedRelease} from '../plan/applied-objects.ts';
import {adoptionRefusal} from '../plan/adoption.ts';
import {withoutRecord} from '../plan/without-record.ts';
import {translateApiError} from './adapters/api-errors.ts';
import {createAdapters} from './adapters/index.ts';
import {helmOnce} from './helm-once.ts';
import type {Session} from './session.ts';
import type {Settings} from './settings.ts';

/**
 * The session itself where helm has a record, where there is no release, or where a look shows what prevents an
 * adoption.
 * @throws UserError NOT_ADOPTABLE where the objects do not say what they were rendered with
 */
export async function appliedSession(settings: Settings, session: Session): Promise<Session> {
  const {connection, target} = session;
  // The database need not be asked to see what prevents an adoption.
  const seen = {...(await readSnapshot(connection, target)).snapshot, database: []};
  const isApplied = seen.release.revisions.length === 0 && seen.statefulSets.length > 0;
  if (!isApplied || adoptionRefusal(seen) !== null) return session;
  const applied = appliedRelease(await translateApiError(readApplied(connection.api, target)), target.release);
  if (typeof applied === 'string') throw new UserError(withoutRecord(seen, applied));
  const {writeHelmYaml} = await import('../chart/helm-yaml.ts');
  const manifest = applied.objects.map((one) => `---\n${writeHelmYaml(one)}`).join('');
  const {context, namespace, release} = target;
  const named: Target = {context, namespace, release, ...namingIn(applied.values, release)};
  const adapters = createAdapters(connection, helmOnce(settings).commands, named);
  const recordApplied = async () =>
    translateApiError(
      writeRecord(
        connection.api,
        {...applied, namespace, release, manifest, description: recordedAsApplied},
        adapters.now(),
      ),
    );
  return {...session, target: named, ports: {...adapters, ...withRecord(adapters, applied, manifest, recordApplied)}};
}

type Read = Pick<Ports, 'look' | 'survey' | 'revisions' | 'manifest'>;

/** Until helm has a record, whatever is read of it is what that record will be. */
export function withRecord(
  ports: Read,
  {chartVersion, appVersion, values}: AppliedRelease,
  manifest: string,
  recordApplied: () => Promise<void>,
): Read & Pick<Ports, 'recordApplied'> {
  const revision: Revision = {
    revision: 1,
    updatedAt: null,
    chartName: databaseChart,
    chartVersion,
    appVersion,
    status: 'deployed',
    description: recordedAsApplied,
  };
  const state = (release: ReleaseState): ReleaseState =>
    release.revisions.length > 0 ? release : {revisions: [revision], values};
  return {
    recordApplied,
    look: async (): Promise<Snapshot> => {
      const seen = await ports.look();
      return {...seen, release: state(seen.release)};
    },
    survey: async (asked) => {
      const found = await ports.survey(asked);
      return {...found, release: state(found.release)};
    },
    revisions: async () => {
      const found = await ports.revisions();
      return found.length > 0 ? found : [revision];
    },
    manifest: async () => (await ports.manifest()) || manifest,
  };
}
