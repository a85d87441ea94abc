# --- verify BACKUP: restores it into a server of its own, counts every table, and has amcheck look at all of it.
backup=$root/$1
hold "$1"
data=${RESTORE_DIR:-/restore}
began=$(date +%s)
proof() { # what is kept with the backup
    printf '{"schema":"pg-helm-install/backup-proof/v1","backup":"%s","at":"%s","seconds":%s,%s}\n' \
        "${backup##*/}" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$(($(date +%s) - began))" "$1"
}
keep_proof() {
    proof "$1" > "$backup/.proof.new"
    mv "$backup/.proof.new" "$backup/proof.json"
}
bad() {
    why=$(printf %s "$*" | tr '\n\t' '  ' | tr -d '\000-\037' | sed 's/[\\"]/\\&/g' | cut -c 1-1000)
    # A disk that is full says nothing against it.
    case $why in *'No space left'*) ;; *) keep_proof "\"ok\":false,\"why\":\"$why\"" || : ;; esac
    fail "$@"
}
for tool in initdb pg_ctl pg_restore psql; do
    command -v "$tool" > /dev/null || fail "This image has no $tool: nothing can be restored with it."
done
# initdb asks for the name of the user that it runs as, and that of the chart has none in official images.
with_user_name() {
    if getent passwd "$(id -u)" > /dev/null; then
        "$@"
        return
    fi
    for wrapper in /usr/lib/*/libnss_wrapper.so /usr/lib/libnss_wrapper.so /opt/bitnami/common/lib/libnss_wrapper.so; do
        [ -e "$wrapper" ] || continue
        echo "postgres:x:$(id -u):$(id -g)::/tmp:/bin/sh" > "$work/passwd"
        echo "postgres:x:$(id -g):" > "$work/group"
        LD_PRELOAD=$wrapper NSS_WRAPPER_PASSWD=$work/passwd NSS_WRAPPER_GROUP=$work/group "$@"
        return
    done
    fail "User $(id -u) has no name in this image, and libnss_wrapper is not there to give it one."
}
is_whole "$1"
say "the files of $1 are as they were written"
rm -rf "$data/verify"
with_user_name initdb -D "$data/verify" -U postgres -A trust -E UTF8 --locale=C > "$work/initdb.log" 2>&1 ||
    fail "initdb: $(last_lines "$work/initdb.log")"
# A server for an hour: nobody needs what it has after a crash.
{
    echo "listen_addresses = ''"
    echo "unix_socket_directories = '$work'"
    echo "shared_preload_libraries = '$(cat "$backup/preload")'"
    echo 'fsync = off'
    echo 'full_page_writes = off'
    echo 'synchronous_commit = off'
    echo 'max_wal_senders = 0'
    echo 'wal_level = minimal'
    echo 'autovacuum = off'
} >> "$data/verify/postgresql.conf"
export PGHOST="$work" PGUSER=postgres
unset PGPASSWORD PGSSLROOTCERT PGPORT
stop_server() {
    pg_ctl -D "$data/verify" -m immediate -s stop > /dev/null 2>&1 || :
    rm -rf "$work" "$data/verify"
}
trap stop_server EXIT
pg_ctl -D "$data/verify" -w -s -l "$work/server.log" start || fail "The server: $(last_lines "$work/server.log")"
lift_newer_limits postgres
ask -d postgres -c "create database $marker template template0"
restore_all
amcheck=absent
if command -v pg_amcheck > /dev/null &&
    [ "$(ask -d postgres -c "select count(*) from pg_available_extensions where name = 'amcheck'")" = 1 ]; then
    say "amcheck looks at all tables and indexes"
    pg_amcheck -w -a -j 2 --install-missing --heapallindexed > "$work/error" 2>&1 ||
        bad "amcheck: $(last_lines "$work/error")"
    amcheck=passed
fi
facts="\"ok\":true,\"databases\":$total,\"tables\":$tables,\"rows\":$rows,\"amcheck\":\"$amcheck\""
keep_proof "$facts"
say "$1 is proven: restored and counted, databases $total, tables $tables, rows $rows, amcheck $amcheck"
last_word "$(cat "$backup/proof.json")"
