// How our own sessions are recognised in pg_stat_activity.

/** Their `application_name`. */
export const ourApplication = 'pg-helm-install';
