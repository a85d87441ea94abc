// How a writer's disk is spoilt.

/** Makes the disk one of another major version and ends the server at once: no start of it succeeds any more. */
export const spoilt = 'cd /bitnami/postgresql/data && echo 15 > PG_VERSION && kill -QUIT "$(head -n 1 postmaster.pid)"';
