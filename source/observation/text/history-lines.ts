// The revisions of a release and the moves of its writer's role, as lines: the same by command and on screens.
import {postgresVersionOf} from '../../chart/image.ts';
import {table} from '../../core/table.ts';
import {toTheSecond} from '../../core/time.ts';
import {plain} from './plain-text.ts';
import {roleMoveText, type RoleMove} from '../role/role-moves.ts';
import type {Revision} from '../snapshot.ts';

export interface RecordedHistory {
  /** In order, the oldest first; `imageTag` null: the revision names no image. */
  readonly revisions: readonly (Revision & {readonly imageTag: string | null})[];
  readonly roleMoves: readonly RoleMove[];
}

type Row = RecordedHistory['revisions'][number];

const allColumns: readonly (readonly [head: string, cell: (row: Row) => string])[] = [
  ['REVISION', ({revision}) => String(revision)],
  ['STATUS', ({status}) => status],
  ['UPDATED', ({updatedAt}) => (updatedAt === null ? '?' : toTheSecond(updatedAt))],
  ['CHART', ({chartVersion}) => chartVersion],
  [
    'POSTGRESQL',
    ({imageTag, appVersion}) => (imageTag === null ? appVersion : (postgresVersionOf(imageTag) ?? plain(imageTag))),
  ],
  ['DESCRIPTION', ({description}) => plain(description).slice(0, 100)],
];

/** @param heads the columns that there is room for; all columns when absent */
export function historyLines({revisions, roleMoves}: RecordedHistory, heads?: readonly string[]): readonly string[] {
  const columns = allColumns.filter(([head]) => heads?.includes(head) ?? true);
  return [
    ...table(
      columns.map(([head]) => head),
      revisions.map((row) => columns.map(([, cell]) => cell(row))),
    ),
    ...moveLines(roleMoves),
  ];
}

/** The moves of the writer's role, because helm does not know which volume is the writer's. */
function moveLines(moves: readonly RoleMove[]): readonly string[] {
  if (moves.length === 0) return [];
  return ['', "The writer's role moved:", ...moves.map((move) => `  ${toTheSecond(move.at)}  ${roleMoveText(move)}`)];
}
