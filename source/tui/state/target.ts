// The release that the screens are about, and where it is.

export interface ShownTarget {
  readonly context: string;
  readonly namespace: string;
  readonly release: string;
}
