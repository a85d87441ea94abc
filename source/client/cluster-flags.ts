// The flags that lead another run of pg-helm-install to the same cluster and chart.
import {builtInChart} from '@pg-helm-install/sandbox';
import {defaultChart} from '../chart/default-chart.ts';
import type {ClusterAccess} from '../commands/command-line.ts';
import {text, type Settings} from './settings.ts';

export {defaultChart};

/** Which cluster this run is about, for the commands that it shows. */
export function accessOf({options}: Pick<Settings, 'options'>): ClusterAccess {
  return {kubeconfig: text(options['kubeconfig']), sandbox: options['sandbox'] === true};
}

/** No flags where the chart is the one that would be taken anyway. */
export function chartFlags({options}: Pick<Settings, 'options'>, source: string): readonly string[] {
  const isDefault = source === defaultChart.source || (options['sandbox'] === true && source === builtInChart());
  return isDefault ? [] : ['--chart', source];
}
