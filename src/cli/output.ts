/** Where a command's result goes: stdout, once. */
export interface Output {
  readonly format: 'json' | 'text';
  /** Writes the result, as data or as text; resolves when it has been handed over. */
  readonly result: (data: unknown, text: string) => Promise<void>;
  /** Whether the result has been written; with JSON nothing may follow it. */
  readonly hasResult: () => boolean;
  /** A message to the person on stderr. */
  readonly message: (text: string) => void;
}

const withNewline = (text: string): string => (text.endsWith('\n') || text === '' ? text : `${text}\n`);

/** Writes and waits; a reader that has gone away (`| head`) is not an error of the command. */
function written(stream: NodeJS.WritableStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error?: Error | null) => {
      if (!error || (error as NodeJS.ErrnoException).code === 'EPIPE') resolve();
      else reject(error);
    });
  });
}

/** With `json`, stdout gets exactly one JSON value and a new line. */
export function createOutput(
  streams: { readonly stdout: NodeJS.WritableStream; readonly stderr: NodeJS.WritableStream },
  format: 'json' | 'text',
): Output {
  let done = false;
  return {
    format,
    result(data, text) {
      done = true;
      return written(streams.stdout, format === 'json' ? `${JSON.stringify(data, null, 2)}\n` : withNewline(text));
    },
    hasResult: () => done,
    message: (text) => {
      streams.stderr.write(withNewline(text));
    },
  };
}
