// Where the chart comes from when nobody says otherwise.

export const defaultChart = {
  source: 'oci://registry-1.docker.io/bitnamicharts/postgresql',
  version: '16.7.26',
} as const;

/** Whether the chart is pulled from somewhere, by its version; any other source is a path on this machine. */
export function isRemoteChart(source: string): boolean {
  return /^(oci|https?):\/\//i.test(source);
}
