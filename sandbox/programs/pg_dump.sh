#!/bin/sh
# pg_dump of a container. interpreter is the Node that the sandbox runs with.
here=${0%/*}
exec "$here/interpreter" "$here/dump.mjs" "$@"
