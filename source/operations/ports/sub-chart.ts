// What taking a database out of the release of an application needs of the outside.
import type {SubChart, SubChartObject} from '../../observation/sub-chart.ts';

export interface SubChartPort {
  /** Null: that release has no database in it, and none was taken out of it. */
  subChart(parent: string): Promise<SubChart | null>;
  /** Helm leaves them where they are, whatever a release stops to have; or removes them again as it does. */
  keepObjects(objects: readonly SubChartObject[], isKept: boolean): Promise<void>;
  /** Pods, claims and Services carry the new release's name, and the Services find the pods by it: all at once. */
  moveLabels(seen: SubChart): Promise<void>;
}
