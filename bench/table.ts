/** Tables in Markdown that are read in a terminal too: columns are padded to the same width. */

/** Rows of cells, the first row being the heads; columns after the first are aligned to the right. */
export function tableLines(rows: readonly (readonly string[])[]): string[] {
  const [heads = [], ...body] = rows;
  const widths = heads.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string => {
    const padded = widths.map((width, column) => {
      const cell = cells[column] ?? '';
      return column === 0 ? cell.padEnd(width) : cell.padStart(width);
    });
    return `| ${padded.join(' | ')} |`;
  };
  const rule = widths.map((width, column) =>
    column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [line(heads), line(rule), ...body.map(line)];
}
