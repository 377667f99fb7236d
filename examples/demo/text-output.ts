/** Plain text for people: headings and aligned columns. */

const WIDEST_NAME = 40;

/** A name as people can read it on one line, whatever is in it. */
export function shown(name: string): string {
  const text = /^[\w:./-]+$/.test(name) ? name : JSON.stringify(name.toWellFormed());
  return text.length > WIDEST_NAME ? `${text.slice(0, WIDEST_NAME - 1)}…` : text;
}

/** `1 key`, `2 keys`, `1,000 keys`. */
export function counted(count: number, one: string, many: string = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

/** A heading with a line under it and an empty line above it. */
export function heading(title: string): string {
  return `\n${title}\n${'-'.repeat(title.length)}`;
}

/** Rows in columns: numbers to the right, all else to the left. */
export function aligned(rows: readonly (readonly (string | number)[])[]): string {
  const cells = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? cell.toLocaleString('en') : cell)));
  const widths: number[] = [];
  for (const row of cells) for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length);
  const lines = cells.map((row, index) =>
    row.map((cell, at) => {
      const width = widths[at] ?? 0;
      return typeof rows[index]?.[at] === 'number' ? cell.padStart(width) : cell.padEnd(width);
    }),
  );
  return lines.map((line) => `  ${line.join('  ').trimEnd()}`).join('\n');
}

/** The first rows, and how many more there are. */
export function firstOf<T>(rows: readonly T[], most: number, row: (value: T) => readonly (string | number)[]): string {
  const lines = aligned(rows.slice(0, most).map(row));
  return rows.length > most ? `${lines}\n  … and ${(rows.length - most).toLocaleString('en')} more` : lines;
}

const LONGEST_TABLE = 8;

/** A Markdown text whose tables are cut after some rows. */
export function shortenedMarkdown(markdown: string): string {
  const lines: string[] = [];
  let rows = 0;
  for (const line of [...markdown.trimEnd().split('\n'), '']) {
    rows = /^[|-] ?/.test(line) ? rows + 1 : finishTable(lines, rows);
    if (rows <= LONGEST_TABLE) lines.push(line);
  }
  return lines.join('\n').trimEnd();
}

function finishTable(lines: string[], rows: number): 0 {
  if (rows > LONGEST_TABLE) lines.push(`… and ${(rows - LONGEST_TABLE).toLocaleString('en')} more lines`);
  return 0;
}
