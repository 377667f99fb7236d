/** A file for a person to keep. */
export interface DownloadFile {
  readonly name: string;
  /** The MIME type. */
  readonly type: string;
  readonly text: string;
}

/** What file systems do not take in names, and what would hide the rest of one. */
const UNWANTED = /[^\p{L}\p{N}._-]+/gu;

/** A file name from ids that may hold anything. */
export const fileName = (...parts: readonly string[]): string =>
  parts.map((part) => part.replace(UNWANTED, '-')).join('-');

/** Has the browser download a file. */
export function saveFile({ name, type, text }: DownloadFile): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has its own hold on the content by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
