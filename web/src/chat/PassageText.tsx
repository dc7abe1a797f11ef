import { type ComponentType, lazy, Suspense } from "react";

import { t } from "../words/words";
import { passageBlocks, type PassageBlock, type Range } from "./passageBlocks";
import { formulasOf, widened } from "./passageFormulas";

type FormulaComponent = ComponentType<{ source: string }>;

/** A formula, typeset; as it is written where what does so does not come. */
const Formula = lazy(async (): Promise<{ default: FormulaComponent }> => {
  try {
    const { Formula: Typeset } = await import("./Formula");
    return { default: Typeset };
  } catch {
    return { default: ({ source }) => <>{source}</> };
  }
});

/** A piece of a passage, marked or not. */
interface Piece {
  text: string;
  isMarked: boolean;
}

/** A passage, and what stands where in it. */
interface Passage {
  text: string;
  marks: readonly Range[];
  formulas: readonly Range[];
}

interface Props {
  /** The whole passage, in its order. */
  parts: readonly Piece[];
}

/** A passage as it is stored, with marks in it; its tables and formulas are shown as such. */
export function PassageText({ parts }: Props) {
  const text = parts.map((part) => part.text).join("");
  const formulas = formulasOf(text);
  const passage = { text, formulas, marks: widened(marksOf(parts), formulas) };
  return passageBlocks(text).map((block) =>
    block.kind === "text" ? (
      <Stretch key={block.start} passage={passage} range={[block.start, block.end]} />
    ) : (
      <PassageTable key={block.start} table={block} passage={passage} />
    ),
  );
}

interface TableProps {
  table: Extract<PassageBlock, { kind: "table" }>;
  passage: Passage;
}

function PassageTable({ table, passage }: TableProps) {
  const cell = (range: Range) => <Stretch passage={passage} range={range} read={unescaped} />;
  return (
    // What scrolls must be reached by keyboard. A group, as regions of one name are not told apart.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="table-scroll" tabIndex={0} role="group" aria-label={t("Table")}>
      <table>
        {table.header !== null && (
          <thead>
            <tr>
              {table.header.map((range) => (
                <th key={range[0]} scope="col">
                  {cell(range)}
                </th>
              ))}
            </tr>
          </thead>
        )}
        <tbody>
          {table.rows.map((row) => (
            <tr key={row[0]?.[0]}>
              {row.map((range) => (
                <td key={range[0]}>{cell(range)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface StretchProps {
  passage: Passage;
  range: Range;
  /** What its text stands for, where that is not itself. */
  read?: (stored: string) => string;
}

/** A part of the passage, its marks marked and its formulas typeset. */
function Stretch({ passage, range, read = (stored) => stored }: StretchProps) {
  return cut(range, passage.marks).map((marked) => {
    const shown = cut(marked.range, passage.formulas).map(({ range: [start, end], isInside }) => {
      const text = read(passage.text.slice(start, end));
      if (!isInside) return followsDisplayed(passage, start) ? text.replace(/^\n/, "") : text;
      return (
        <Suspense key={start} fallback={text}>
          <Formula source={text} />
        </Suspense>
      );
    });
    const key = marked.range[0];
    return marked.isInside ? <mark key={key}>{shown}</mark> : <span key={key}>{shown}</span>;
  });
}

/** Whether a displayed formula ends here, which begins a line of its own by itself. */
function followsDisplayed({ text, formulas }: Passage, start: number): boolean {
  return text.startsWith("$$", start - 2) && formulas.some(([, end]) => end === start);
}

/** A `|` within a cell is stored behind a backslash. */
function unescaped(stored: string): string {
  return stored.replaceAll("\\|", "|");
}

function marksOf(parts: readonly Piece[]): Range[] {
  const marks: Range[] = [];
  let start = 0;
  for (const { text, isMarked } of parts) {
    if (isMarked) marks.push([start, start + text.length]);
    start += text.length;
  }
  return marks;
}

/** A range in pieces, which lie inside or outside of others; the others are in order. */
function cut([start, end]: Range, others: readonly Range[]) {
  const pieces: { range: Range; isInside: boolean }[] = [];
  let done = start;
  const add = (until: number, isInside: boolean) => {
    if (until > done) pieces.push({ range: [done, until], isInside });
    done = Math.max(done, until);
  };
  for (const [from, to] of others) {
    if (to <= start || from >= end) continue;
    add(Math.min(from, end), false);
    add(Math.min(to, end), true);
  }
  add(end, false);
  return pieces;
}
