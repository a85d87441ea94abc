// The role that reads metrics, and the exporters that log in with it.

/** `unknown`: the exporter cannot be asked from here. */
type ExporterAnswer = 'reads' | 'does not read' | 'unknown';

export interface MetricsPort {
  /** Gives the Secret a password for the role where it has none. */
  writeMetricsPassword(): Promise<void>;
  /**
   * Makes the role, with the password of the Secret, that may only read statistics; or gives an existing one both.
   * @throws UserError where the database refuses it
   */
  makeMetricsRole(): Promise<void>;
  /** Deletes the role, and its password after it. @throws UserError where the database refuses it */
  dropMetricsRole(): Promise<void>;
  /**
   * Has the exporter beside that pod's database log in from now on with what the Secret holds.
   * @returns whether it could be done. Never throws
   */
  giveExporterPassword(pod: string): Promise<boolean>;
  /** Whether the exporter beside that pod's database gets its metrics from it. */
  askExporter(pod: string): Promise<ExporterAnswer>;
}
