// What the screens ask about charts and images: which versions there are, and what a chart says by itself.
import {imageRepositories, postgresVersionOf} from '../chart/image.ts';
import {chartVersionsOfMajor, majorOf, tagsOfMajor} from '../chart/postgres-major.ts';
import {fromValues} from '../chart/values.ts';
import type {Client, InstallRequest} from './types.ts';
import {chartValues, resolveChart} from '../helm/chart-source.ts';
import type {HelmProgram} from '../helm/find.ts';
import {listTags} from '../helm/registry-tags.ts';
import type {Ports} from '../operations/ports/index.ts';
import {defaultChart} from './cluster-flags.ts';
import {text, type Settings} from './settings.ts';

export function chartReadsOf(
  {options, environment, signal}: Settings,
  portsOf: (target: InstallRequest['target']) => Ports,
  helmProgram: () => Promise<HelmProgram>,
): Pick<Client, 'versions' | 'chartValues'> {
  const sourceOf = (last: string | null) =>
    text(options['chart']) ?? (environment['PGHI_CHART'] || last) ?? defaultChart.source;
  return {
    async versions(target) {
      const {release, operation} = await portsOf(target).look();
      const images = release.values ? (fromValues(release.values)?.images ?? null) : null;
      const source = sourceOf(operation?.wanted?.chart.source ?? null);
      const isFolder = !source.startsWith('oci://');
      const major = majorOf(postgresVersionOf(images?.tag ?? ''));
      const {registry, postgresql} = images ? imageRepositories(images.source) : {registry: '', postgresql: ''};
      const [tags, charts] = await Promise.all([
        images ? listTags({repository: `${registry}/${postgresql}`, signal}) : null,
        isFolder ? null : listTags({repository: source, signal}),
      ]);
      // A tag without a version says nothing of the major version: then it is typed.
      if (major === null) return {imageTags: null, chartVersions: null, chartIsFolder: isFolder};
      return {
        imageTags: tags && tagsOfMajor(tags, major),
        chartVersions: charts && chartVersionsOfMajor(charts, major),
        chartIsFolder: isFolder,
      };
    },
    async chartValues(_target, version) {
      const source = sourceOf(null);
      const asked =
        version ?? text(options['chartVersion']) ?? (environment['PGHI_CHART_VERSION'] || defaultChart.version);
      const program = await helmProgram();
      const chart = await resolveChart({
        source,
        version: source.startsWith('oci://') ? asked : null,
        program,
        environment,
        signal,
      });
      return chartValues(chart.path, {program, environment, signal});
    },
  };
}
