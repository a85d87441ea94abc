#!/bin/sh
# pg_dumpall of a container: asks for roles and databases by psql, and has each database dumped by pg_dump. Written
# after pg_dumpall 17; role passwords are in the ALTER ROLE lines. Options that it does not know are those of pg_dump.
here=${0%/*}
file='' clean='' globals='' left=$#
while [ "$left" -gt 0 ]; do
  word=$1 value=''
  shift
  left=$((left - 1))
  case $word in
    -h|-p|-U|-f|--host|--port|--username|--file) value=$1; shift; left=$((left - 1)) ;;
    --*=*) value=${word#*=} ;;
  esac
  case $word in
    -h|--host|--host=*) export PGHOST="$value" ;;
    -p|--port|--port=*) export PGPORT="$value" ;;
    -U|--username|--username=*) export PGUSER="$value" ;;
    -f|--file|--file=*) file=$value ;;
    -w|--no-password) ;;
    -c|--clean) clean=1 ;;
    -g|--globals-only) globals=1 ;;
    -V|--version) echo 'pg_dumpall (PostgreSQL) 17.6, of the pg-helm-install sandbox'; exit 0 ;;
    *) set -- "$@" "$word" ;;
  esac
done
unset PGDATABASE
if [ -n "$file" ]; then exec > "$file" || exit 1; fi
ask() { "$here/psql" -XAtq -v ON_ERROR_STOP=1 -d postgres; }
cat <<'END'
--
-- PostgreSQL database cluster dump
--

SET default_transaction_read_only = off;

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;

END
if [ -n "$clean" ]; then ask <<'END' || exit 1
select format('DROP DATABASE IF EXISTS %I;', datname) from pg_database
  where datallowconn and datconnlimit <> -2 and datname not in ('postgres', 'template1') order by datname;
select format('DROP ROLE IF EXISTS %I;', rolname) from pg_authid where rolname !~ '^pg_' order by rolname;
END
fi
ask <<'END' || exit 1
select E'--\n-- Roles\n--\n';
select format(E'CREATE ROLE %1$I;\nALTER ROLE %1$I WITH %2$s;', rolname, concat_ws(' ',
    case when rolsuper then 'SUPERUSER' else 'NOSUPERUSER' end,
    case when rolinherit then 'INHERIT' else 'NOINHERIT' end,
    case when rolcreaterole then 'CREATEROLE' else 'NOCREATEROLE' end,
    case when rolcreatedb then 'CREATEDB' else 'NOCREATEDB' end, case when rolcanlogin then 'LOGIN' else 'NOLOGIN' end,
    case when rolreplication then 'REPLICATION' else 'NOREPLICATION' end,
    case when rolbypassrls then 'BYPASSRLS' else 'NOBYPASSRLS' end, 'CONNECTION LIMIT ' || nullif(rolconnlimit, -1),
    'PASSWORD ' || quote_literal(rolpassword), 'VALID UNTIL ' || quote_literal(rolvaliduntil)))
  || coalesce(format(E'\nCOMMENT ON ROLE %I IS ', rolname)
    || quote_literal(shobj_description(oid, 'pg_authid')) || ';', '')
  from pg_authid where rolname !~ '^pg_' order by rolname;
select E'\n--\n-- User configurations\n--\n';
select format('ALTER ROLE %I SET %I TO %s;', rolname, split_part(one, '=', 1),
    case when split_part(one, '=', 1) in ('local_preload_libraries', 'search_path', 'session_preload_libraries',
        'shared_preload_libraries', 'temp_tablespaces', 'unix_socket_directories')
      then substr(one, strpos(one, '=') + 1) else quote_literal(substr(one, strpos(one, '=') + 1)) end)
  from pg_db_role_setting join pg_authid on pg_authid.oid = setrole, unnest(setconfig) with ordinality as each(one, at)
  where setdatabase = 0 and rolname !~ '^pg_' order by rolname, at;
select E'\n--\n-- Role memberships\n--\n';
select format('GRANT %I TO %I WITH %sINHERIT %s%s GRANTED BY %I;', pg_get_userbyid(roleid), pg_get_userbyid(member),
    case when admin_option then 'ADMIN OPTION, ' else '' end, case when inherit_option then 'TRUE' else 'FALSE' end,
    case when set_option then '' else ', SET FALSE' end, pg_get_userbyid(grantor))
  from pg_auth_members where pg_get_userbyid(member) !~ '^pg_'
  order by grantor <> 10, not admin_option, pg_get_userbyid(roleid), pg_get_userbyid(member);
select E'\n--\n-- Role privileges on configuration parameters\n--\n';
select format('GRANT %s ON PARAMETER %s TO %s%s;', privilege_type, parname,
    case when grantee = 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(grantee)) end,
    case when is_grantable then ' WITH GRANT OPTION' else '' end)
  from pg_parameter_acl, aclexplode(paracl) where grantee <> 10 order by parname, privilege_type, 1;
select E'\n--\n-- Tablespaces\n--\n';
select format('CREATE TABLESPACE %I OWNER %I LOCATION %L;', spcname, pg_get_userbyid(spcowner),
    pg_tablespace_location(oid))
  from pg_tablespace where spcname !~ '^pg_' order by spcname;
END
if [ -z "$globals" ]; then
  databases=$(ask <<'END'
select datname from pg_database where datallowconn and datconnlimit <> -2 order by datname <> 'template1', datname;
END
) || exit 1
  printf '\n--\n-- Databases\n--\n'
  printf '%s\n' "$databases" | while IFS= read -r name; do
    printf '\n--\n-- Database "%s" dump\n--\n\n' "$name"
    how=--create
    case $name in
      postgres|template1)
        how=${clean:+--clean --create}
        [ -n "$clean" ] || printf '\\connect %s\n\n' "$name"
        ;;
    esac
    # One word, two or none.
    # shellcheck disable=SC2086
    PGDATABASE=$name "$here/pg_dump" $how "$@" < /dev/null || {
      code=$?
      echo "pg_dumpall: error: pg_dump failed on database \"$name\", exiting" >&2
      exit "$code"
    }
  done || exit $?
fi
printf '%s\n' '--' '-- PostgreSQL database cluster dump complete' '--' ''
