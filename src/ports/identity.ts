/** Who acts, and fresh names. */
export interface IdentityPort {
  /** The user whose data it is; recorded in backups and audit entries. `null` where there is only one. */
  user(): string | null;
  /** A new identifier that nobody else has, of `[A-Za-z0-9-]`, at most 64 characters. */
  createId(): string;
}
