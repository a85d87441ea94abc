// A release that is part of another one.
import {keepObjects, moveLabels, readSubChart} from '../../cluster/sub-chart.ts';
import type {SubChartPort} from '../../operations/ports/sub-chart.ts';
import type {AdapterContext} from './context.ts';

export function subChartPort({connection: {api}, target}: AdapterContext): SubChartPort {
  const {namespace} = target;
  return {
    subChart: (parent) => readSubChart(api, {namespace, parent}),
    keepObjects: (objects, isKept) => keepObjects(api, namespace, objects, isKept),
    moveLabels: (seen) => moveLabels(api, namespace, seen),
  };
}
