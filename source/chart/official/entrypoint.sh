# pg-helm-install: official PostgreSQL image under the chart postgresql (POSIX sh, also with dash).
# The chart speaks to Bitnami's image, by environment and folders; the official one knows neither readers nor them.
# Written so that nothing in it is a template of helm's, and no password is ever an argument or in an environment.
set -eu
# An image that is named may be of the chart's own kind, which understands the chart by itself.
own=${BITNAMI_ROOT_DIR:-/opt/bitnami}/scripts/postgresql
if [ -x "$own/entrypoint.sh" ] && [ -x "$own/run.sh" ]; then
    echo "postgresql $(date +%T) INFO  ==> This image is of the chart's own kind: it starts by itself"
    exec "$own/entrypoint.sh" "$own/run.sh"
fi
umask 077
base=${POSTGRESQL_BASE_DIR:-/opt/bitnami/postgresql}
volume=${POSTGRESQL_VOLUME_DIR:-/bitnami/postgresql}
data=${PGDATA:-$volume/data}
scripts=${POSTGRESQL_INIT_SCRIPTS_DIR:-/docker-entrypoint-initdb.d}
port=${POSTGRESQL_PORT_NUMBER:-5432}
socket=${POSTGRESQL_SOCKET_DIR:-/tmp}
conf=$base/conf
new=$data.new
child=

say() { echo "postgresql $(date +%T) INFO  ==> $*"; }
fail() {
    echo "postgresql $(date +%T) ERROR ==> $*"
    exit 1
}
secret() { # NAME: what the file that NAME_FILE names holds, else the value of NAME
    file='' value=''
    eval "file=\${$1_FILE:-} value=\${$1:-}"
    if [ -n "$file" ]; then cat "$file"; else printf %s "$value"; fi
}
literal() { printf "'%s'" "$(printf %s "$1" | sed "s/'/''/g")"; }
identifier() { printf '"%s"' "$(printf %s "$1" | sed 's/"/""/g')"; }
conninfo_value() { printf "'%s'" "$(printf %s "$1" | sed "s/[\\\\']/\\\\&/g")"; }
setting() { printf "%s = %s\n" "$1" "$(literal "$2")"; }
# A shell that is process 1 gets no signal that it does not trap, and a trap waits for what runs in the foreground.
stop_when_told() { trap 'exit 143' TERM INT; }
stop_when_told
interruptible() { # SIGNAL COMMAND …: runs it; a stop of the container sends it SIGNAL
    signal=$1
    shift
    "$@" &
    child=$!
    trap 'kill -"$signal" "$child" 2> /dev/null || :' TERM INT
    code=0
    wait "$child" || code=$?
    while kill -0 "$child" 2> /dev/null; do
        code=0
        wait "$child" || code=$?
    done
    stop_when_told
    return "$code"
}

case ${POSTGRES_REPLICATION_MODE:-${POSTGRESQL_REPLICATION_MODE:-master}} in
    slave) role=reader ;;
    *) role=writer ;;
esac
user=${POSTGRES_USER:-postgres}
database=${POSTGRES_DATABASE:-${POSTGRES_DB:-postgres}}
password=$(secret POSTGRES_PASSWORD)
admin_password=$(secret POSTGRES_POSTGRES_PASSWORD)
replication_user=${POSTGRES_REPLICATION_USER:-}
replication_password=$(secret POSTGRES_REPLICATION_PASSWORD)
unset POSTGRES_PASSWORD POSTGRES_POSTGRES_PASSWORD POSTGRES_REPLICATION_PASSWORD
application=${POSTGRES_CLUSTER_APP_NAME:-walreceiver}
upstream="host=$(conninfo_value "${POSTGRES_MASTER_HOST:-}") port=${POSTGRES_MASTER_PORT_NUMBER:-5432}"
upstream="$upstream user=$(conninfo_value "$replication_user") passfile=$(conninfo_value "$conf/.pgpass")"
upstream="$upstream application_name=$(conninfo_value "$application")"
slot=
[ -n "$password" ] || fail "No password in POSTGRES_PASSWORD_FILE: nothing is started."
mkdir -p "$conf" "$base/tmp"
rm -f "$base/tmp/.initialized"

# initdb and postgres --single ask for the name of the user that it runs as, and 1001 has none in this image.
with_user_name() {
    if getent passwd "$(id -u)" > /dev/null; then
        "$@"
        return
    fi
    for wrapper in /usr/lib/*/libnss_wrapper.so /usr/lib/libnss_wrapper.so; do
        [ -e "$wrapper" ] || continue
        echo "postgres:x:$(id -u):$(id -g)::/tmp:/bin/sh" > "$base/tmp/passwd"
        echo "postgres:x:$(id -g):" > "$base/tmp/group"
        LD_PRELOAD=$wrapper NSS_WRAPPER_PASSWD=$base/tmp/passwd NSS_WRAPPER_GROUP=$base/tmp/group "$@"
        return
    done
    fail "User $(id -u) has no name in this image, and libnss_wrapper is not there to give it one."
}

# --- What would lose data is refused.
server_version=$(postgres -V | sed 's/[^0-9]*//; s/[^0-9.].*//')
if [ "$role" = reader ] && [ -s "$data/PG_VERSION" ] && [ ! -e "$data/global/pg_control" ]; then
    say "A copy that was not finished is removed, and made anew"
    find "$data" -mindepth 1 -delete
fi
if [ -s "$data/PG_VERSION" ]; then
    data_version=$(cat "$data/PG_VERSION")
    if [ "$data_version" != "${server_version%%.*}" ]; then
        echo "FATAL:  database files are incompatible with server"
        echo "DETAIL:  The data directory was initialized by PostgreSQL version $data_version, which is not" \
            "compatible with this version $server_version."
        exit 1
    fi
else
    for file in "$volume"/PG_VERSION "$volume"/*/PG_VERSION "$volume"/*/*/PG_VERSION; do
        case $file in "$data"/* | "$new"/*) continue ;; esac
        [ ! -s "$file" ] || fail "$data has no database, and ${file%/*} has one. Nothing is made beside it."
    done
    if [ -d "$data" ] && [ -n "$(ls -A "$data")" ]; then
        fail "$data is not empty, and no database: PG_VERSION is missing. Nothing is written into it."
    fi
fi

# --- The configuration, written anew at each start. What the chart mounts comes last, and wins.
libraries() { # those of the chart's list that this image has: it has no pgaudit, which the chart asks for by default
    folder=$(dirname "$(dirname "$(readlink -f "$(command -v postgres)")")")/lib
    audit=$(find "$folder" -name pgaudit.so 2> /dev/null || :)
    printf %s "${POSTGRESQL_SHARED_PRELOAD_LIBRARIES:-}" | tr -s ', ' '\n' |
        while read -r library || [ -n "$library" ]; do
            if [ "$library" != pgaudit ] || [ -n "$audit" ]; then echo "$library"; fi
        done | paste -s -d , -
}
# What slots may keep: a quarter of the disk, so that a reader that stays away does not fill it.
slot_bound() { df -Pk "$volume" | awk 'NR == 2 { size = int($2 / 4096); print (size < 128 ? 128 : size) "MB" }'; }
optional() { [ -z "$2" ] || setting "$1" "$2"; }
write_configuration() {
    setting listen_addresses '*'
    setting port "$port"
    setting unix_socket_directories "$socket"
    setting wal_level replica
    setting max_wal_size 400MB
    setting max_wal_senders 16
    setting max_replication_slots 20
    setting wal_keep_size 128MB
    setting max_slot_wal_keep_size "$(slot_bound)"
    setting wal_log_hints on
    optional shared_preload_libraries "$(libraries)"
    optional log_hostname "${POSTGRESQL_LOG_HOSTNAME:-}"
    optional log_connections "${POSTGRESQL_LOG_CONNECTIONS:-}"
    optional log_disconnections "${POSTGRESQL_LOG_DISCONNECTIONS:-}"
    optional log_line_prefix "${POSTGRESQL_LOG_LINE_PREFIX:-}"
    optional log_timezone "${POSTGRESQL_LOG_TIMEZONE:-}"
    optional client_min_messages "${POSTGRESQL_CLIENT_MIN_MESSAGES:-}"
    synchronous=${POSTGRES_NUM_SYNCHRONOUS_REPLICAS:-${POSTGRESQL_NUM_SYNCHRONOUS_REPLICAS:-0}}
    if [ "$role" = writer ] && [ "$synchronous" -gt 0 ]; then
        setting synchronous_commit "${POSTGRES_SYNCHRONOUS_COMMIT_MODE:-${POSTGRESQL_SYNCHRONOUS_COMMIT_MODE:-on}}"
        setting synchronous_standby_names "$synchronous ($(identifier "$application"))"
    fi
    if [ "${POSTGRESQL_ENABLE_TLS:-no}" = yes ]; then
        setting ssl on
        setting ssl_cert_file "$POSTGRESQL_TLS_CERT_FILE"
        setting ssl_key_file "$POSTGRESQL_TLS_KEY_FILE"
        optional ssl_ca_file "${POSTGRESQL_TLS_CA_FILE:-}"
        optional ssl_crl_file "${POSTGRESQL_TLS_CRL_FILE:-}"
        [ "${POSTGRESQL_TLS_PREFER_SERVER_CIPHERS:-yes}" = yes ] || setting ssl_prefer_server_ciphers off
    fi
    if [ "$role" = reader ]; then setting primary_conninfo "$upstream"; fi
    optional primary_slot_name "$slot"
    if [ -f "$volume/conf/postgresql.conf" ]; then echo "include = $(literal "$volume/conf/postgresql.conf")"; fi
    if [ -d "$volume/conf/conf.d" ]; then echo "include_dir = $(literal "$volume/conf/conf.d")"; fi
}
configure() {
    write_configuration > "$conf/postgresql.conf"
    # As Bitnami's image writes them: md5 takes SCRAM too, and a role may have its verifier from before SCRAM.
    if [ -f "$volume/conf/pg_hba.conf" ]; then
        cat "$volume/conf/pg_hba.conf" > "$conf/pg_hba.conf"
    else
        for place in 'local all all' 'host all all 0.0.0.0/0' 'host all all ::/0' 'host replication all 0.0.0.0/0' \
            'host replication all ::/0'; do echo "$place md5"; done > "$conf/pg_hba.conf"
    fi
}

# --- Making a database: beside its place and moved there at the end, so that a half-made one is never taken for whole.
# One statement a line. The server is only a process of ours, and no statement is logged: it may hold a password.
run_statements() {
    answer=$(with_user_name postgres --single -D "$new" -c config_file="$conf/postgresql.conf" \
        -c hba_file="$conf/pg_hba.conf" -c synchronous_standby_names= -c log_statement=none \
        -c log_min_error_statement=panic -c log_checkpoints=off \
        postgres 2>&1 > /dev/null) || fail "pg_ctl: could not start server: $answer"
    case $answer in *ERROR:* | *FATAL:* | *PANIC:*) fail "$answer" ;; esac
}
statements() {
    if [ "$user" != postgres ]; then
        echo "CREATE ROLE $(identifier "$user") LOGIN CREATEDB PASSWORD $(literal "$password")"
    fi
    if [ "$database" != postgres ]; then
        echo "CREATE DATABASE $(identifier "$database") OWNER $(identifier "$user")"
    elif [ "$user" != postgres ]; then
        echo "ALTER DATABASE postgres OWNER TO $(identifier "$user")"
        echo "ALTER SCHEMA public OWNER TO $(identifier "$user")"
    fi
    if [ -n "$replication_user" ]; then
        echo "CREATE ROLE $(identifier "$replication_user") REPLICATION LOGIN PASSWORD" \
            "$(literal "$replication_password")"
    fi
}
run_init_scripts() {
    [ -n "$(find -L "$scripts" -maxdepth 2 -type f 2> /dev/null)" ] || return 0
    echo 'local all all trust' > "$base/tmp/init_hba.conf"
    pg_ctl -D "$new" -w -s -l "$base/tmp/init.log" start -o "-c config_file=$conf/postgresql.conf \
        -c hba_file=$base/tmp/init_hba.conf -c listen_addresses= -c synchronous_standby_names= -c ssl=off" ||
        fail "pg_ctl: could not start server: $(cat "$base/tmp/init.log")"
    export PGHOST="$socket" PGPORT="$port" PGUSER=postgres PGDATABASE="$database"
    # As with Bitnami's image: what SQL makes belongs to the user of the application, if no other one is named.
    owner=${POSTGRES_INITSCRIPTS_USERNAME:-${POSTGRESQL_INITSCRIPTS_USERNAME:-$user}}
    for script in "$scripts"/* "$scripts"/secret/*; do
        case $script in
            *.sh) say "Executing $script" && bash "$script" ;;
            *.sql) say "Executing $script" && psql -q -U "$owner" -v ON_ERROR_STOP=1 -f "$script" ;;
            *.sql.gz) say "Executing $script" && gunzip -c "$script" | psql -q -U "$owner" -v ON_ERROR_STOP=1 ;;
        esac || {
            pg_ctl -D "$new" -m fast -w -s stop || :
            fail "$script failed. No database is made; the next start begins anew."
        }
    done
    unset PGHOST PGPORT PGUSER PGDATABASE
    pg_ctl -D "$new" -m fast -w -s stop
}
make_database() {
    say "Initializing PostgreSQL database..."
    printf %s "${admin_password:-$password}" > "$base/tmp/password"
    # shellcheck disable=SC2086 # the chart gives several arguments in one variable
    with_user_name initdb -D "$new" -U postgres --pwfile="$base/tmp/password" -E UTF8 -A scram-sha-256 \
        ${POSTGRES_INITDB_ARGS:-} > "$base/tmp/initdb.log" 2>&1 || fail "initdb: $(cat "$base/tmp/initdb.log")"
    rm -f "$base/tmp/password" "$new/postgresql.conf" "$new/pg_hba.conf"
    configure
    statements | run_statements
    run_init_scripts
}

# A slot keeps what a reader that is away still needs. Only where the writer bounds it: else it could fill the disk.
ask_writer() { psql -X -w -A -t "$upstream connect_timeout=5 replication=true" -c "$1" 2> /dev/null; }
take_slot() {
    name=$(hostname | tr -c 'a-z0-9\n' _ | tail -c 63)
    case $(ask_writer 'SHOW max_slot_wal_keep_size') in '' | -1) return 0 ;; esac
    # What a slot beyond its bound kept is gone, and it keeps nothing any more.
    case $(ask_writer "READ_REPLICATION_SLOT $name") in
        physical\|[0-9A-F]*) slot=$name ;;
        physical\|*) ask_writer "DROP_REPLICATION_SLOT $name" > /dev/null || return 0 ;;
    esac
    [ -z "$slot" ] || return 0
    if ask_writer "CREATE_REPLICATION_SLOT $name PHYSICAL RESERVE_WAL" > /dev/null; then slot=$name; fi
}
# The writer was away when this reader began, or ran another image, which bounds no slots.
take_slot_later() {
    until [ -n "$slot" ]; do
        sleep 5
        take_slot
    done
    configure
    kill -HUP "$(head -n 1 "$data/postmaster.pid")"
}
copy_writer() {
    say "Waiting for replication primary to accept connections (60 timeout)..."
    tries=0
    until pg_isready -q -d "$upstream"; do
        tries=$((tries + 1))
        [ "$tries" -le 60 ] || fail "Node ${POSTGRES_MASTER_HOST:-} is not accepting connections"
        interruptible TERM sleep 1 || exit 143
    done
    take_slot
    say "Replicating the initial database"
    interruptible TERM pg_basebackup -D "$new" -d "$upstream" -X stream -w --checkpoint=fast ${slot:+--slot "$slot"} ||
        fail "The writer's data could not be copied. The next start begins anew."
}

say "** Starting PostgreSQL setup **"
if [ "$role" = reader ]; then
    escaped() { printf %s "$1" | sed 's/[\\:]/\\&/g'; }
    printf '*:*:*:%s:%s\n' "$(escaped "$replication_user")" "$(escaped "$replication_password")" > "$conf/.pgpass"
fi
if [ -s "$data/PG_VERSION" ]; then
    say "Deploying PostgreSQL with persisted data..."
    if [ "$role" = reader ]; then take_slot; fi
else
    rm -rf "$new"
    if [ "$role" = reader ]; then copy_writer; else make_database; fi
    if [ -d "$data" ]; then rmdir "$data"; fi
    mv "$new" "$data"
fi
configure
rm -f "$data/standby.signal" "$data/recovery.signal"
if [ "$role" = reader ]; then : > "$data/standby.signal"; fi
# The number in a killed server's file may be another program's by now; one that is a server is left alone.
if [ -s "$data/postmaster.pid" ]; then
    old=$(head -n 1 "$data/postmaster.pid")
    if [ "$(cat "/proc/$old/comm" 2> /dev/null)" != postgres ]; then rm -f "$data/postmaster.pid"; fi
fi
: > "$base/tmp/.initialized"
say "** PostgreSQL setup finished! **"
say "** Starting PostgreSQL **"
later=
if [ "$role" = reader ] && [ -z "$slot" ]; then
    take_slot_later &
    later=$!
fi
# SIGINT is PostgreSQL's fast shutdown: SIGTERM would wait until every session has ended.
code=0
interruptible INT postgres -D "$data" -c config_file="$conf/postgresql.conf" -c hba_file="$conf/pg_hba.conf" || code=$?
[ -z "$later" ] || kill "$later" 2> /dev/null || :
exit "$code"
