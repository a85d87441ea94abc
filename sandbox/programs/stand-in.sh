#!/bin/sh
# A program of a container that the sandbox itself runs, by the name that this file has there.
# interpreter is the Node that the sandbox runs with.
here=${0%/*}
exec "$here/interpreter" "$here/client.mjs" "${0##*/}" "$@"
