// What some of psql's \d commands ask the server.

const tables = (kinds: string) => `
select n.nspname as "Schema", c.relname as "Name",
  case c.relkind when 'r' then 'table' when 'v' then 'view' when 'm' then 'materialized view' when 'i' then 'index'
    when 'S' then 'sequence' when 'p' then 'partitioned table' when 'f' then 'foreign table' end as "Type",
  pg_get_userbyid(c.relowner) as "Owner"
from pg_class c left join pg_namespace n on n.oid = c.relnamespace
where c.relkind = any ('{${kinds}}') and n.nspname <> 'pg_catalog' and n.nspname !~ '^pg_toast'
  and n.nspname <> 'information_schema' and pg_table_is_visible(c.oid) order by 1, 2`;

const commands: Readonly<Record<string, {readonly title: string; readonly sql: string}>> = {
  d: {title: 'List of relations', sql: tables('r,p,v,m,S,f')},
  dt: {title: 'List of relations', sql: tables('r,p')},
  di: {title: 'List of relations', sql: tables('i')},
  dv: {title: 'List of relations', sql: tables('v')},
  l: {
    title: 'List of databases',
    sql:
      'select datname as "Name", pg_get_userbyid(datdba) as "Owner", pg_encoding_to_char(encoding) as "Encoding", ' +
      'datcollate as "Collate", datctype as "Ctype" from pg_database order by 1',
  },
  dn: {
    title: 'List of schemas',
    sql:
      `select nspname as "Name", pg_get_userbyid(nspowner) as "Owner" from pg_namespace where nspname !~ '^pg_' ` +
      `and nspname <> 'information_schema' order by 1`,
  },
  du: {
    title: 'List of roles',
    sql:
      `select rolname as "Role name", concat_ws(', ', case when rolsuper then 'Superuser' end, case when not ` +
      `rolinherit then 'No inheritance' end, case when rolcreaterole then 'Create role' end, case when rolcreatedb ` +
      `then 'Create DB' end, case when not rolcanlogin then 'Cannot login' end, case when rolreplication then ` +
      `'Replication' end, case when rolbypassrls then 'Bypass RLS' end) as "Attributes" from pg_roles where ` +
      `rolname !~ '^pg_' order by 1`,
  },
};

/** Null: not one of these. */
export function describe(command: string): {readonly title: string; readonly sql: string} | null {
  return commands[command] ?? null;
}
