// The release that the screens are about, and where it is.

export interface FormTarget {
  readonly context: string;
  readonly namespace: string;
  readonly release: string;
}
