# pg-helm-install: what is read from a backup, put before what is done with it (POSIX sh, also with dash).
set -eu
umask 077
export LC_ALL=C
for folder in /opt/bitnami/postgresql/bin /usr/lib/postgresql/*/bin /usr/local/pgsql/bin; do PATH=$PATH:$folder; done
export PATH
root=${PGDUMP_DIR:-/backup/pgdump}
work=$(mktemp -d "${TMPDIR:-/tmp}/backup.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 143' TERM INT HUP

say() { echo "backup $(date -u +%T) $*"; }
# What a pod's status shows without its log.
last_word() { [ ! -w /dev/termination-log ] || printf '%s\n' "$*" > /dev/termination-log; }
fail() {
    say "ERROR: $*"
    last_word "$*"
    exit 1
}
# What speaks against the backup itself.
bad() { fail "$@"; }
last_lines() { tail -n 3 "$1" | tr '\n' ' '; }
conninfo() { printf "dbname='%s'" "$(printf %s "$1" | sed "s/[\\\\']/\\\\&/g")"; }
ask() { psql -X -w -q -A -t -v ON_ERROR_STOP=1 "$@"; }
# The limits that roles and databases bring with them are for the sessions of applications: they do not limit ours.
export PGOPTIONS='-c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0'
PGOPTIONS="$PGOPTIONS -c default_transaction_read_only=off"
lift_newer_limits() { # DATABASE: those that only PostgreSQL 17 and later know
    PGOPTIONS="$PGOPTIONS $(ask -d "$1" -c "select '-c transaction_timeout=0' from pg_settings
        where name = 'transaction_timeout'")"
}

# Restored from here: no database that is being made has anybody in it.
marker=pg_helm_install_restore
is_there() { [ -f "$root/$1/manifest.json" ] || fail "There is no backup $1 on this volume."; }
hold() { # BACKUP: stays on the volume until this process has ended, however many newer ones there are
    is_there "$1"
    exec 8< "$root/$1/manifest.json"
    if command -v flock > /dev/null; then flock -s 8; fi
    # It may have been removed while the lock was waited for.
    is_there "$1"
}
is_whole() { # BACKUP: its files are as they were written
    (cd "$root/$1" && sha256sum -c --quiet SHA256SUMS) > "$work/error" 2>&1 ||
        bad "Files of $1 are not as they were written: $(last_lines "$work/error")"
}
# Backups of earlier versions may have the database of a restore that went on when they were made.
folders() {
    for one in "$backup"/*.name; do
        [ "$(cat "$one")" = "$marker" ] || basename "$one" .name
    done
}
restore_roles() { # those that are there already get what the backup says of them, but for their passwords
    # shellcheck disable=SC2016 # it is plpgsql that quotes so
    sed 's/^CREATE ROLE \(.*\);$/DO $do$ BEGIN CREATE ROLE \1; EXCEPTION WHEN duplicate_object THEN END $do$;/' \
        "$backup/globals.sql" | ask -d "$marker" > /dev/null 2> "$work/error" ||
        bad "Roles: $(last_lines "$work/error")"
}
# A database is made with its own settings, and until all is restored only superusers get into it: nobody can write
# what a next try would drop.
restore_database() { # FOLDER
    ask -d "$marker" -v name="$name" > /dev/null 2> "$work/error" <<'SQL' || bad "$name: $(last_lines "$work/error")"
select format('alter database %I is_template false', datname) from pg_database where datname = :'name' and datistemplate
\gexec
select format('drop database %I with (force)', datname) from pg_database where datname = :'name'
\gexec
SQL
    entry='^[0-9]*; [0-9]* [0-9]* '
    pg_restore -l -C "$backup/$1" 2> "$work/error" |
        grep -E "$entry(DATABASE( PROPERTIES)? - |(ACL|COMMENT|SECURITY LABEL) - DATABASE )" > "$work/database" ||
        bad "pg_restore of $name: $(last_lines "$work/error")"
    pg_restore -w -e -C --no-tablespaces -L "$work/database" -d "$marker" "$backup/$1" 2> "$work/error" ||
        bad "pg_restore of $name: $(last_lines "$work/error")"
    ask -d "$marker" -v name="$name" > "$work/limit.$1" 2> "$work/error" <<'SQL' ||
select format('alter database %I connection limit %s;', datname, datconnlimit) from pg_database where datname = :'name';
select format('alter database %I connection limit 0', :'name')
\gexec
select from pg_stat_activity, pg_terminate_backend(pid) where datname = :'name';
SQL
        bad "$name: $(last_lines "$work/error")"
    pg_restore -w -e --no-tablespaces -j 2 -d "$(conninfo "$name")" "$backup/$1" 2> "$work/error" ||
        bad "pg_restore of $name: $(last_lines "$work/error")"
}
count_database() { # FOLDER: the number of rows of each table is that of the backup
    ask -d "$(conninfo "$name")" -f "$backup/counts.sql" 2> "$work/error" | sort > "$work/counts"
    [ ! -s "$work/error" ] || bad "Counting the rows of $name: $(last_lines "$work/error")"
    cmp -s "$work/counts" "$backup/$1.counts" && return 0
    difference=$(diff "$backup/$1.counts" "$work/counts" | grep '^[<>]' | head -n 2 | tr '\t\n' '  ')
    return 1
}
sums() {
    tables=$(cat "$backup"/*.counts | grep -vc '^large objects' || :)
    rows=$(cat "$backup"/*.counts | awk -F '\t' '$1 != "large objects" { rows += $NF } END { printf "%.0f", rows }')
}
restore_all() {
    total=$(folders | wc -l)
    number=0
    restore_roles
    for folder in $(folders); do
        number=$((number + 1))
        name=$(cat "$backup/$folder.name")
        say "restores $name, database $number of $total"
        restore_database "$folder"
        count_database "$folder" ||
            bad "$name does not have the rows that were backed up (< backup, > restored): $difference"
    done
    sums
}
