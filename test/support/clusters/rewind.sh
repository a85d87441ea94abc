# Beside the server of this container: an old writer and a reader that was promoted, both with the settings that the
# container's own server has, and the old one rewound to the other. Says which rows it then has.
set -eu
conf=/opt/bitnami/postgresql/conf
place=/bitnami/postgresql/rewind
PGPASSWORD=$(cat /opt/bitnami/postgresql/secrets/postgres-password)
export PGPASSWORD PGHOST=127.0.0.1 PGUSER=postgres PGDATABASE=postgres
for folder in /usr/lib/postgresql/*/bin; do PATH=$PATH:$folder; done

start() { # NAME PORT UPSTREAM
    pg_ctl -w -s -D "$place/$1" -l "$place/$1.log" start -o "-c config_file=$conf/postgresql.conf \
        -c hba_file=$conf/pg_hba.conf -p $2 -c unix_socket_directories=$place -c shared_buffers=8MB \
        -c synchronous_standby_names= -c primary_conninfo=$3" || { cat "$place/$1.log"; exit 1; }
}
stop() { pg_ctl -w -s -m fast -D "$place/$1" stop; }
copy() { pg_basebackup -p "$1" -D "$place/$2" -X stream -c fast; }
trap 'stop old 2> /dev/null; stop new 2> /dev/null; rm -rf "$place"' EXIT

rm -rf "$place"
mkdir "$place"
copy 5432 old
start old 5501 ''
psql -q -p 5501 -c 'create table rewound as select 1 as n'
copy 5501 new
: > "$place/new/standby.signal"
start new 5502 ''
psql -q -p 5502 -t -c 'select pg_promote()' -c 'insert into rewound values (3)' -c checkpoint
psql -q -p 5501 -c 'insert into rewound values (2)'
stop old
pg_rewind --target-pgdata="$place/old" --source-server="port=5502" --config-file="$conf/postgresql.conf"
: > "$place/old/standby.signal"
start old 5501 port=5502
for _ in $(seq 100); do
    rows=$(psql -q -A -t -p 5501 -c "select string_agg(n::text, ',' order by n) from rewound")
    [ "$rows" != 1,3 ] || break
    sleep 0.2
done
echo "rewound: $rows"
