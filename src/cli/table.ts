/** One column of a table for people. */
export interface Column<Row> {
  readonly title: string;
  /** Numbers stand on the right. */
  readonly align: 'left' | 'right';
  readonly cell: (row: Row) => string;
}

const widthOf = (text: string): number => [...text].length;

function padded(text: string, width: number, align: 'left' | 'right'): string {
  const blanks = ' '.repeat(Math.max(0, width - widthOf(text)));
  return align === 'left' ? text + blanks : blanks + text;
}

/** The lines of a table: a line of titles in capitals, then one for each row. Cells have to be printable already. */
export function tableLines<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string[] {
  const cells = [
    columns.map(({ title }) => title.toUpperCase()),
    ...rows.map((row) => columns.map((c) => c.cell(row))),
  ];
  const widths = columns.map((_, i) => Math.max(...cells.map((line) => widthOf(line[i] ?? ''))));
  return cells.map((line) =>
    line
      .map((text, i) => padded(text, widths[i] ?? 0, columns[i]?.align ?? 'left'))
      .join('  ')
      .trimEnd(),
  );
}
