// How sessions of ours are known in pg_stat_activity.

/** Their `application_name`. */
export const ourApplication = 'pg-helm-install';
