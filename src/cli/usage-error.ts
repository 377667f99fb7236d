/** A command that cannot be carried out as it was given, or a configuration that cannot be used; nothing was done. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError';
  /** Stable, for programs that read the JSON. */
  readonly code: 'USAGE' | 'CONFIG' | 'ANSWER_NEEDED' | 'FILE_EXISTS';

  constructor(code: UsageError['code'], message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
  }
}
