/** What a person can do something about; told without a stack. */
export class DemoError extends Error {
  override readonly name = 'DemoError';
}

/** What to tell a person of whatever was thrown; a defect keeps its stack. */
export function told(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  if (thrown instanceof DemoError) return thrown.message;
  // Errors of backpedal and of the system have codes.
  if ('code' in thrown) return `${thrown.message} (${String(thrown.code)})`;
  return thrown.stack ?? thrown.message;
}
