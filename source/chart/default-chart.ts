// Where the chart comes from where nobody says otherwise.

export const defaultChart = {
  source: 'oci://registry-1.docker.io/bitnamicharts/postgresql',
  version: '16.7.26',
} as const;
