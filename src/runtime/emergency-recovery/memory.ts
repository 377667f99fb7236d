/** What a process knows for its emergency recovery besides the journal. */
export interface EmergencyMemory {
  /** The runs that may have moved the migration's rows into their archives. */
  readonly movers: readonly string[];
}
