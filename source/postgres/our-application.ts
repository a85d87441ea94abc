/** The `application_name` of each session of ours. */
export const ourApplication = 'pg-helm-install';
