// A file with passwords, as libpq reads it: hostname:port:database:username:password, the first line that fits.
// PostgreSQL manual, 32.16.
import type {Target} from './conninfo.ts';

/** Null: no line fits. */
export function passwordIn(
  file: string,
  {host, port, database, user}: Pick<Target, 'host' | 'port' | 'database' | 'user'>,
): string | null {
  const wanted = [host === '' || host.startsWith('/') ? 'localhost' : host, String(port), database, user];
  for (const line of file.split('\n')) {
    const fields =
      line.match(/(?:\\.|[^:\\])*(?::|$)/g)?.map((field) => field.replace(/:$/, '').replace(/\\(.)/g, '$1')) ?? [];
    const [password] = fields.slice(4);
    if (
      !line.startsWith('#') &&
      password !== undefined &&
      wanted.every((value, at) => fields[at] === '*' || fields[at] === value)
    )
      return password;
  }
  return null;
}
