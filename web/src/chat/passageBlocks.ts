/** Finds tables in a passage, which is stored as text: cells between `|`, a header above dashes. */

/** From and up to an offset of the passage, in UTF-16 units. */
export type Range = readonly [start: number, end: number];

type Row = readonly Range[];

export type PassageBlock =
  | { kind: "text"; start: number; end: number }
  /** A passage that begins within a table is without its header. */
  | { kind: "table"; start: number; header: Row | null; rows: readonly Row[] };

/** As tables are stored: a bar and a space at both ends of each line. */
const ROW = /^\| .*\|$/;
const CELL = /\| ((?:\\\||[^|])*)/g;
const DASHES = /^\|(?: -{3,} \|)+$/;
const FENCE = /^\s*`{3,}/;

/** Cuts a passage into tables and the text around them; a `|` in program text makes no table. */
export function passageBlocks(text: string): PassageBlock[] {
  const blocks: PassageBlock[] = [];
  let textStart = 0;
  for (const run of runsOfRows(text)) {
    const table = tableOf(text, run);
    if (table === null) continue;
    const [start, end] = [run[0]?.[0] ?? 0, run.at(-1)?.[1] ?? 0];
    blocks.push(...textBlock(text, textStart, start), table);
    textStart = end;
  }
  return [...blocks, ...textBlock(text, textStart, text.length)];
}

/** Lines that stand below each other and look like rows. */
function runsOfRows(text: string): Range[][] {
  const runs: Range[][] = [];
  let isCode = false;
  let isRowBefore = false;
  for (const [start, end] of linesOf(text)) {
    const line = text.slice(start, end);
    if (FENCE.test(line)) isCode = !isCode;
    const isRow = !isCode && ROW.test(line);
    if (isRow && isRowBefore) runs.at(-1)?.push([start, end]);
    else if (isRow) runs.push([[start, end]]);
    isRowBefore = isRow;
  }
  return runs;
}

function linesOf(text: string): Range[] {
  let start = 0;
  return text.split("\n").map((line) => {
    const range: Range = [start, start + line.length];
    start += line.length + 1;
    return range;
  });
}

/** The table that lines make; null where they are no rows of one width, or all are but one cell wide. */
function tableOf(text: string, lines: readonly Range[]): PassageBlock | null {
  const isDashes = ([start, end]: Range) => DASHES.test(text.slice(start, end));
  const hasDashes = lines.some(isDashes);
  const rows = lines.filter((line) => !isDashes(line)).map((line) => cellsOf(text, line));
  const [first, ...rest] = rows;
  if (first === undefined || rows.some((row) => row.length !== first.length)) return null;
  if (!hasDashes && first.length < 2) return null;
  const hasHeader = lines[1] !== undefined && isDashes(lines[1]);
  return {
    kind: "table",
    start: lines[0]?.[0] ?? 0,
    header: hasHeader ? first : null,
    rows: hasHeader ? rest : rows,
  };
}

function cellsOf(text: string, [start, end]: Range): Row {
  const line = text.slice(start, end - 1);
  return [...line.matchAll(CELL)].map((found) => {
    const from = start + found.index + "| ".length;
    return [from, from + (found[1] ?? "").trimEnd().length];
  });
}

/** Text without the empty lines that part it from a table; nothing where there is no more. */
function textBlock(text: string, start: number, end: number): PassageBlock[] {
  const isAfterTable = start > 0;
  const isBeforeTable = end < text.length;
  const from = isAfterTable ? start + (/^\n*/.exec(text.slice(start, end))?.[0].length ?? 0) : start;
  const to = isBeforeTable ? from + text.slice(from, end).replace(/\n+$/, "").length : end;
  return from < to ? [{ kind: "text", start: from, end: to }] : [];
}
