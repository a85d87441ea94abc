// What every adapter of one release needs.
import type {objectNames} from '../../chart/names.ts';
import type {Connection} from '../../cluster/connect.ts';
import type {Target} from '../../observation/snapshot.ts';
import type {Administration} from '../../postgres/administer.ts';
import type {Exec} from '../../postgres/psql.ts';

export interface AdapterContext {
  readonly connection: Connection;
  readonly target: Target;
  readonly names: ReturnType<typeof objectNames>;
  readonly exec: Exec;
  /** The database container of the writer, and the administrator's password. */
  readonly writer: Administration;
}
