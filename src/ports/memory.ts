/** Watches memory pressure. */
export interface MemoryPort {
  /** The used part of the available memory, from 0 to 1, or `null` where nobody can tell. */
  usage(): Promise<number | null>;
}
