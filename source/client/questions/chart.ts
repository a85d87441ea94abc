// What the screens ask about charts and images: which versions exist, and the values that a chart has by itself.
import {isRemoteChart} from '../../chart/default-chart.ts';
import {fromValues} from '../../chart/values.ts';
import {imageRepositories, postgresVersionOf} from '../../chart/image.ts';
import {chartVersionsOfMajor, majorOf, tagsThatMayFollow} from '../../chart/postgres-major.ts';
import type {Client, ReleasePlace} from '../types.ts';
import {chartValues, resolveChart} from '../../helm/chart-source.ts';
import type {HelmProgram} from '../../helm/find.ts';
import {listTags} from '../../helm/registry-tags.ts';
import type {Ports} from '../../operations/ports/index.ts';
import type {Images} from '../../parameters/parameters.ts';
import {defaultChart} from '../cluster-flags.ts';
import {chartGiven, text, type Settings} from '../settings.ts';

export function chartReadsOf(
  settings: Settings,
  portsOf: (target: ReleasePlace) => Promise<Ports>,
  helmProgram: () => Promise<HelmProgram>,
): Pick<Client, 'versions' | 'chartValues'> {
  const {options, environment, signal: ended} = settings;
  return {
    async versions(target, stop) {
      const signal = AbortSignal.any([ended, stop]);
      const snapshot = await (await portsOf(target)).look();
      const images = fromValues(snapshot.release.values)?.images ?? null;
      const source = chartGiven(settings, snapshot.operation?.wanted?.chart.source ?? null);
      const chartIsFolder = !isRemoteChart(source);
      const [tags, charts] = await Promise.all([
        images && listTags({repository: repositoryOf(images), signal}),
        source.startsWith('oci://') ? listTags({repository: source, signal}) : null,
      ]);
      const major = majorIn(images);
      if (major === null) return {imageTags: null, chartVersions: null, chartIsFolder};
      return {
        imageTags: tags && images && tagsThatMayFollow(tags, images.tag),
        chartVersions: charts && chartVersionsOfMajor(charts, major),
        chartIsFolder,
      };
    },
    async chartValues(version, stop) {
      const signal = AbortSignal.any([ended, stop]);
      const source = chartGiven(settings);
      const asked =
        version ?? text(options['chartVersion']) ?? (environment['PGHI_CHART_VERSION'] || defaultChart.version);
      const program = await helmProgram();
      const chart = await resolveChart({
        source,
        version: isRemoteChart(source) ? asked : null,
        program,
        environment,
        signal,
      });
      return chartValues(chart.path, {program, environment, signal});
    },
  };
}

/** The repository of the PostgreSQL image, with its registry. */
function repositoryOf({source}: Images): string {
  const {registry, postgresql} = imageRepositories(source);
  return `${registry}/${postgresql}`;
}

/** Null: the tag says no version, so the major version is unknown and the operator types the new version. */
function majorIn(images: Images | null): number | null {
  return majorOf(postgresVersionOf(images?.tag ?? ''));
}
