#!/bin/sh
# Holds a program of a container: it ends with the sandbox, however that ends. This shell becomes the program itself.
# What it leaves behind reads the signals, belongs to nobody (so that the program has no child that it does not know),
# and is in the program's group, which is 0 to it. QUIT is PostgreSQL's immediate shutdown: what was acknowledged is in
# its log.
# No POSIX option, but one of dash, bash and the sh of macOS.
# shellcheck disable=SC3045
ulimit -c 0
exec 3<&0 </dev/null
main=$$
( {
  while read -r signal <&3; do
    # The end of a container is the end of all that it started.
    if [ "$signal" = ENDED ]; then kill -s KILL 0; fi
    kill -s "$signal" "$main"
  done
  kill -s QUIT "$main"
  tries=0
  while kill -0 "$main" && [ $tries -lt 40 ]; do tries=$((tries + 1)); sleep 0.05; done
  kill -s KILL 0
} >/dev/null 2>&1 & )
exec 3<&-
exec "$@"
