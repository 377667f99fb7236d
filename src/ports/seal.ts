/** Proof that a backup was made by this app, with a key that the app supplies (an HMAC, say). */
export interface SealPort {
  /** The seal of a text. */
  sign(text: string): Promise<string>;
  /** Whether `seal` is the seal of `text`. */
  verify(text: string, seal: string): Promise<boolean>;
}
