// In which order the writer and its readers restart, so that no reader starts with lower settings than its writer has.
import {requiredSettings, type RequiredSetting, type RequiredSettings} from '../chart/required-settings.ts';

/**
 * PostgreSQL 17 manual, hot standby: a reader with lower settings than the writer had in the WAL that it replayed last
 * does not start, and one that runs stops replaying when the writer has higher ones. So settings that rise go to the
 * readers first, and settings that fall to the writer first. `in two steps`: the readers restart with the larger of
 * both values, then the writer restarts, and when they have replayed that, the readers restart once more.
 */
export type RestartOrder = 'readers first' | 'writer first' | 'in two steps';

/** Mark in helm's history on the revision between the two steps, which nobody wants back. */
export const betweenMark = ' (first of two steps)';

export interface OrderFacts {
  /** What the writer runs with, and what it is to have. */
  readonly writer: {readonly now: RequiredSettings; readonly desired: RequiredSettings};
  readonly readers: {
    readonly desired: RequiredSettings;
    /** The settings of the readers that run. */
    readonly now: readonly RequiredSettings[];
    /** What the writer had, as the readers that do not start say. */
    readonly said: RequiredSettings;
    /** None is down or behind, and none is added: each replays what the writer does. */
    readonly allFollow: boolean;
  };
}

/** What a reader must have when it starts before the writer has restarted. */
export function neededNow({writer, readers}: OrderFacts): RequiredSettings {
  return largest(writer.now, readers.said);
}

export function restartOrder(facts: OrderFacts): RestartOrder {
  const {writer, readers} = facts;
  // A writer that restarted a moment ago has the new settings, and its readers may not have replayed that yet.
  const falls = [neededNow(facts), ...readers.now].some((now) => isBelow(readers.desired, now));
  const rises = readers.now.some((now) => isBelow(now, writer.desired));
  if (!falls) return 'readers first';
  return rises || !readers.allFollow ? 'in two steps' : 'writer first';
}

/** What the readers start with in the first of two steps. */
export function betweenSettings(facts: OrderFacts): RequiredSettings {
  return largest(neededNow(facts), facts.readers.desired, facts.writer.desired, ...facts.readers.now);
}

export function isBelow(settings: RequiredSettings, least: RequiredSettings): boolean {
  return below(settings, least).length > 0;
}

export function below(settings: RequiredSettings, least: RequiredSettings): readonly RequiredSetting[] {
  return requiredSettings.filter((name) => (settings[name] ?? Infinity) < (least[name] ?? -Infinity));
}

/** The largest value that any of them has of each setting. */
export function largest(...all: readonly RequiredSettings[]): RequiredSettings {
  return Object.fromEntries(
    requiredSettings.flatMap((name) => {
      const values = all.flatMap((one) => one[name] ?? []);
      return values.length > 0 ? [[name, Math.max(...values)]] : [];
    }),
  );
}
