// The size of releases that are only there for a test.

/** The flags of an install for which every small cluster has room. */
export const smallSize: readonly string[] = [
  '--storage-size',
  '1Gi',
  '--cpu',
  '100m',
  '--memory',
  '256Mi',
  '--instance-type',
  'any',
];
