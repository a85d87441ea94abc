# pg-helm-install backup: all databases, in a folder of their own (POSIX sh, also with dash).
# Arguments: how many are kept, the release, the application's user and database, and the mesh, where there is one. The
# chart's CronJob has the rest in its environment. Nothing in it is a template of helm's, and no password is an argument
# or in what a child inherits.
set -eu
umask 077
export LC_ALL=C
for folder in /opt/bitnami/postgresql/bin /usr/lib/postgresql/*/bin /usr/local/pgsql/bin; do PATH=$PATH:$folder; done
export PATH
keep=$1 release=$2 user=$3 database=$4 mesh=${5:-none}
root=${PGDUMP_DIR:-/backup/pgdump}
new=
session=

say() { echo "backup $(date -u +%T) $*"; }
# What a pod's status shows without its log.
last_word() { [ ! -w /dev/termination-log ] || printf '%s\n' "$*" > /dev/termination-log; }
fail() {
    say "ERROR: $*"
    last_word "$*"
    exit 1
}
for tool in pg_dump pg_dumpall psql; do
    command -v "$tool" > /dev/null || fail "This image has no $tool: nothing can be backed up with it."
done

# --- Never two at once: a Job that somebody starts is not one that the CronJob counts.
touch "$root/.lock" || fail "$root cannot be written."
exec 9> "$root/.lock"
if command -v flock > /dev/null; then flock -n 9 || fail "Another backup is being written to this volume."; fi

work=$(mktemp -d "${TMPDIR:-/tmp}/backup.XXXXXX")
clean() {
    [ -z "$session" ] || kill "$session" 2> /dev/null || :
    rm -rf "$work"
    [ -z "$new" ] || rm -rf "$new"
    end_proxy "$mesh"
}
trap clean EXIT
trap 'exit 143' TERM INT HUP
# psql may end while it is written to: that is an error like others.
trap '' PIPE

# --- The password, in a file that only this user reads; read anew with each try, because it may just be changing.
export PGPASSFILE="$work/.pgpass" PGAPPNAME=pg-helm-install-backup PGCONNECT_TIMEOUT=10
# The session that counts is open for as long as its database is dumped, and counting a large table takes long: what
# limits the sessions of an application does not limit ours. pg_dump lifts the same limits for itself.
export PGOPTIONS='-c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0'
given=${PGPASSWORD:-}
unset PGPASSWORD
write_password() {
    password=$given
    if [ -n "${PGPASSWORD_FILE:-}" ]; then password=$(cat "$PGPASSWORD_FILE"); fi
    printf '*:*:*:*:%s\n' "$(printf %s "$password" | sed 's/[\\:]/\\&/g')" > "$PGPASSFILE"
    unset password
}
# The chart names a folder where the certificate comes without an authority, and libpq then refuses to connect.
if [ -n "${PGSSLROOTCERT:-}" ]; then
    certificates=${PGSSLROOTCERT%/*}
    unset PGSSLROOTCERT
    export PGSSLMODE=require
    if [ -s "$certificates/ca.crt" ]; then export PGSSLMODE=verify-ca PGSSLROOTCERT="$certificates/ca.crt"; fi
fi
ask() { psql -X -w -q -A -t -v ON_ERROR_STOP=1 -d postgres -c "$1"; }
tries=0
until write_password && answer=$(ask 'select 1' 2>&1); do
    tries=$((tries + 1))
    [ "$tries" -lt "${BACKUP_TRIES:-24}" ] || fail "The writer lets nobody in: $answer"
    sleep 5
done
# Only PostgreSQL 17 and later know it.
PGOPTIONS="$PGOPTIONS $(ask "select '-c transaction_timeout=0' from pg_settings where name = 'transaction_timeout'")"

# --- What is older than those that are kept goes; the newest proven one stays as long as no kept one is proven.
is_proven() { grep -qs '"ok":true' "$root/$1/proof.json"; }
newest=
remove_old() {
    proven=
    count=0
    newest=
    for one in $(cd "$root" && ls -r); do
        case $one in [0-9]*T[0-9]*Z) [ -f "$root/$one/manifest.json" ] || continue ;; *) continue ;; esac
        count=$((count + 1))
        newest=${newest:-$one}
        if [ "$count" -le "$1" ]; then
            if is_proven "$one"; then proven=yes; fi
        elif [ -z "$proven" ] && is_proven "$one"; then
            proven=yes
            say "$one is kept: no newer one is proven by a restore"
        else
            # Whoever restores or proves it holds this lock.
            exec 8<> "$root/$one/manifest.json"
            if command -v flock > /dev/null && ! flock -n 8; then
                say "$one is kept: it is being read"
                continue
            fi
            # A name that no list shows: what is killed in between is none any more.
            mv "$root/$one" "$root/$one.partial"
            # On NFS a folder cannot be removed while a file in it is open.
            exec 8>&-
            rm -rf "$root/$one.partial"
            say "$one is removed: $1 are kept"
        fi
    done
}

# --- A killed backup leaves a folder that is none.
for partial in "$root"/*.partial; do [ ! -d "$partial" ] || rm -rf "$partial"; done
# What was left over when a volume got full goes first, and the oldest of those that are kept where another backup as
# large as the newest would not fit: otherwise none would ever fit again.
remove_old "$keep"
if [ -n "$newest" ] && [ "$keep" -gt 1 ]; then
    free=$(df -Pk "$root" | awk 'NR == 2 { print $4 }')
    [ "${free:-0}" -gt "$(du -sk "$root/$newest" | cut -f 1)" ] || remove_old $((keep - 1))
fi
name=$(date -u +%Y%m%dT%H%M%SZ)
while [ -e "$root/$name" ]; do
    sleep 1
    name=$(date -u +%Y%m%dT%H%M%SZ)
done
new=$root/$name.partial
mkdir "$new"
began=$(date +%s)
started=$(date -u +%Y-%m-%dT%H:%M:%SZ)
last_lines() { tail -n 3 "$1" | tr '\n' ' '; }
version=$(ask 'show server_version' | sed 's/ .*//')
ask 'show shared_preload_libraries' > "$new/preload"
pg_dumpall -w --globals-only --no-role-passwords --no-tablespaces > "$new/globals.sql" 2> "$work/error" ||
    fail "pg_dumpall: $(last_lines "$work/error")"
# Every table that pg_dump takes with its rows. It is kept beside them: what is restored is counted in the same way.
cat > "$new/counts.sql" <<'SQL'
select format($q$select %L || chr(9) || count(*) from only %s$q$, c.oid::regclass, c.oid::regclass)
from pg_class c join pg_namespace n on n.oid = c.relnamespace, set_config('search_path', '', false)
where c.relkind = 'r' and c.relpersistence <> 't' and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
    and not exists (
        select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
order by 1
\gexec
select 'large objects' || chr(9) || count(*) from pg_largeobject_metadata;
SQL

# --- One database: its rows are counted in the very snapshot that is dumped.
tell_session() { printf '%s\n' "$1" >&3 || fail "psql in $PGDATABASE: $(last_lines "$work/error.counts")"; }
begin_session() {
    mkfifo "$work/in"
    psql -X -w -q -A -t -v ON_ERROR_STOP=1 < "$work/in" > "$work/counts" 2> "$work/error.counts" &
    session=$!
    exec 3> "$work/in"
    rm -f "$work/in" "$work/snapshot"
    tell_session "begin isolation level repeatable read read only; select pg_export_snapshot() \\g $work/snapshot"
    until [ -s "$work/snapshot" ]; do
        kill -0 "$session" 2> /dev/null || fail "psql in $PGDATABASE: $(last_lines "$work/error.counts")"
        sleep 0.1
    done
}
backup_database() {
    # It may have changed while the database before was dumped; kubelet brings it into the file within about a minute.
    write_password
    PGDATABASE=$(ask "select datname from pg_database where oid = $1")
    [ -n "$PGDATABASE" ] || return 0
    export PGDATABASE
    # All connections are made before the dump, which may take hours.
    facts=$(psql -X -w -q -A -t -c "select '\"name\":' || to_json(current_database()::text) ||
        ',\"bytes\":' || pg_database_size(current_database())")
    begin_session
    tell_session "\\i $new/counts.sql"
    pg_dump -w -F d -j 2 --no-tablespaces --lock-wait-timeout=60s --snapshot="$(cat "$work/snapshot")" \
        -f "$new/$1" 2> "$work/error" || fail "pg_dump of $PGDATABASE: $(last_lines "$work/error")"
    tell_session 'commit;'
    exec 3>&-
    wait "$session" || fail "Counting the rows of $PGDATABASE: $(last_lines "$work/error.counts")"
    session=
    sort "$work/counts" > "$new/$1.counts"
    printf %s "$PGDATABASE" > "$new/$1.name"
    sums=$(awk -F '\t' '$1 != "large objects" { tables++; rows += $NF }
        END { printf "\"tables\":%d,\"rows\":%.0f", tables, rows }' "$new/$1.counts")
    databases="${databases:+$databases,}{\"folder\":\"$1\",$facts,$sums}"
    unset PGDATABASE
}
# Half a restore is no backup. One that has ended may have left its own database behind, which is nobody's data.
marker=pg_helm_install_restore
restored=$(ask "select shobj_description(oid, 'pg_database') from pg_database where datname = '$marker'")
case $restored in
'' | *' is restored') ;;
*) fail "$restored is being restored into this release: until that has ended there is nothing whole to back up." ;;
esac
databases=
oids=$(ask "select oid from pg_database where datallowconn and datname not in ('template0', '$marker')
    order by datistemplate, datname")
total=$(echo "$oids" | wc -l)
number=0
for oid in $oids; do
    number=$((number + 1))
    say "database $number of $total, $(du -sk "$new" | cut -f 1) KiB written"
    backup_database "$oid"
done

# --- Whole: what was written is on the disk before it gets its name.
seconds=$(($(date +%s) - began))
bytes=$(find "$new" -type f -exec cat {} + | wc -c)
summary="\"schema\":\"pg-helm-install/backup/v1\",\"backup\":\"$name\",\"release\":\"$release\",\"user\":\"$user\""
summary="$summary,\"database\":\"$database\",\"postgres\":\"$version\",\"startedAt\":\"$started\""
summary="$summary,\"seconds\":$seconds,\"bytes\":$bytes"
echo "{$summary,\"databases\":[$databases]}" > "$new/manifest.json"
(cd "$new" && find . -type f -exec sha256sum {} +) > "$work/sums"
cat "$work/sums" > "$new/SHA256SUMS"
sync
mv "$new" "$root/$name"
new=
say "$name is whole: $bytes bytes, $seconds seconds"
last_word "{$summary}"

remove_old "$keep"
