// A release that is part of another one.
import {keepObjects, moveLabels, readSubChart} from '../../cluster/sub-chart.ts';
import type {SubChartPort} from '../../operations/ports/sub-chart.ts';
import type {AdapterContext} from './context.ts';
import {translateApiError} from './api-errors.ts';

export function subChartPort({connection: {api}, target}: AdapterContext): SubChartPort {
  const {namespace} = target;
  return {
    subChart: (parent) => translateApiError(readSubChart(api, {namespace, parent})),
    keepObjects: (objects, isKept) => translateApiError(keepObjects(api, namespace, objects, isKept)),
    moveLabels: (seen) => translateApiError(moveLabels(api, namespace, seen)),
  };
}
