# --- restore BACKUP DATABASE MESH: into a new release that has nothing yet. DATABASE: the one that it was made with.
backup=$root/$1
own=$2
mesh=${3:-none}
trap 'rm -rf "$work"; end_proxy "$mesh"' EXIT
hold "$1"
export PGPASSFILE="$work/.pgpass" PGAPPNAME=pg-helm-install-restore PGCONNECT_TIMEOUT=10
PGOPTIONS="$PGOPTIONS -c client_min_messages=warning"
printf '*:*:*:*:%s\n' "$(sed 's/[\\:]/\\&/g' "$PGPASSWORD_FILE")" > "$PGPASSFILE"
if [ -n "${PGSSLROOTCERT:-}" ]; then
    certificates=${PGSSLROOTCERT%/*}
    unset PGSSLROOTCERT
    export PGSSLMODE=require
    if [ -s "$certificates/ca.crt" ]; then export PGSSLMODE=verify-ca PGSSLROOTCERT="$certificates/ca.crt"; fi
fi
tries=0
until answer=$(ask -d template1 -c 'select 1' 2>&1); do
    tries=$((tries + 1))
    [ "$tries" -lt 24 ] || fail "The writer lets nobody in: $answer"
    sleep 5
done
lift_newer_limits template1
is_whole "$1"
facts() { printf '{"backup":"%s","databases":%s,"tables":%s,"rows":%s}' "${backup##*/}" "$total" "$tables" "$rows"; }
is_restored() { # by a run of before, whose end nobody has seen
    for folder in $(folders); do
        name=$(cat "$backup/$folder.name")
        [ "$(ask -d template1 -v name="$name" <<'SQL'
select count(*) from pg_database where datname = :'name'
SQL
        )" = 1 ] || return 1
        count_database "$folder" || return 1
    done
}
was_restored() { # HOW MUCH IS KNOWN OF IT, BACKUP
    total=$(folders | wc -l)
    sums
    ask -d template1 -c "drop database if exists $marker with (force)"
    say "$2 was restored already$1"
    last_word "$(facts)"
    exit 0
}
# While it goes on there is a database that says so, and which backup it is. Without that nothing may be there yet.
begun=$(ask -d template1 -c "select shobj_description(oid, 'pg_database') from pg_database where datname = '$marker'")
# A run that was killed after its end has left the database behind. Since then everybody gets in: nothing is counted.
[ "$begun" != "$1 is restored" ] || was_restored '' "$1"
case $begun in *' is restored') begun= ;; esac
if [ -z "$begun" ] || [ "$begun" != "$1" ]; then
    [ -z "$begun" ] || fail "Another backup, $begun, is half restored here. Nothing was changed."
    others=$(ask -d template1 -v own="$own" <<'SQL'
select string_agg(datname, ', ') from pg_database
where datname not in ('postgres', 'template0', 'template1', :'own', 'pg_helm_install_restore')
SQL
    )
    for name in postgres template1 "$own"; do
        found=$(ask -d "$(conninfo "$name")" -c "select count(*) from pg_class c join pg_namespace n
            on n.oid = c.relnamespace where n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
            and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid
            and d.deptype = 'e')") || fail "$name cannot be asked. Nothing was changed."
        [ "$found" = 0 ] || others="$others $name ($found objects)"
    done
    if [ -n "$others" ]; then
        if is_restored; then was_restored ': every table has its rows' "$1"; fi
        fail "The release is not empty: $others. Nothing was changed."
    fi
    ask -d template1 -c "drop database if exists $marker" -c "create database $marker template template0"
    ask -d template1 -c "comment on database $marker is '$1'"
fi
restore_all
say "planner statistics are made"
for folder in $(folders); do
    ask -d "$(conninfo "$(cat "$backup/$folder.name")")" -c 'analyze' > "$work/error" 2>&1 ||
        fail "analyze: $(last_lines "$work/error")"
done
# From one moment on everybody gets in, and what is there is no longer what a next try would drop.
{
    cat "$work"/limit.*
    echo "comment on database $marker is '$1 is restored';"
} > "$work/end.sql"
ask -1 -d template1 -f "$work/end.sql"
ask -d template1 -c "drop database $marker with (force)"
say "$1 is restored: counted as it was backed up, databases $total, tables $tables, rows $rows"
last_word "$(facts)"
