// What taking a database out of the release of an application needs of the outside.
import type {SubChart, SubChartObject} from '../../observation/sub-chart.ts';

export interface SubChartPort {
  /** Null: that release has no database in it, and none was taken out of it. */
  subChart(parent: string): Promise<SubChart | null>;
  /**
   * Has helm leave these objects where they are when a release no longer has them; or has it remove them again as
   * usual.
   */
  keepObjects(objects: readonly SubChartObject[], isKept: boolean): Promise<void>;
  /**
   * Labels pods, claims and Services with the new release's name, by which the Services then find the pods: all at
   * once.
   */
  moveLabels(seen: SubChart): Promise<void>;
}
