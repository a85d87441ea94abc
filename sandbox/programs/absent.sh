#!/bin/sh
# A program that images of PostgreSQL have and the sandbox has not, by the name that this file has there.
has="its PostgreSQL is initdb, pg_ctl, postgres and pg_dump alone"
echo "${0##*/}: the sandbox does not have it: $has. Run your own against the endpoint." >&2
exit 127
