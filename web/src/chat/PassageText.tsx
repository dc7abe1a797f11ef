import { t } from "../words/words";
import { passageBlocks, type PassageBlock, type Range } from "./passageBlocks";

/** A piece of a passage, marked or not. */
interface Piece {
  text: string;
  isMarked: boolean;
}

interface Props {
  /** The whole passage, in its order. */
  parts: readonly Piece[];
}

/** A passage as it is stored, with marks in it; its tables are shown as tables. */
export function PassageText({ parts }: Props) {
  const text = parts.map((part) => part.text).join("");
  const marks = marksOf(parts);
  return passageBlocks(text).map((block) =>
    block.kind === "text" ? (
      <Pieces key={block.start} pieces={piecesOf(text, [block.start, block.end], marks)} />
    ) : (
      <PassageTable key={block.start} table={block} text={text} marks={marks} />
    ),
  );
}

interface TableProps {
  table: Extract<PassageBlock, { kind: "table" }>;
  text: string;
  marks: readonly Range[];
}

function PassageTable({ table, text, marks }: TableProps) {
  const cell = (range: Range) => <Pieces pieces={piecesOf(text, range, marks).map(unescaped)} />;
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

function Pieces({ pieces }: { pieces: readonly Piece[] }) {
  return pieces.map(({ text, isMarked }, index) =>
    isMarked ? <mark key={index}>{text}</mark> : <span key={index}>{text}</span>,
  );
}

/** A `|` within a cell is stored behind a backslash. */
function unescaped({ text, isMarked }: Piece): Piece {
  return { text: text.replaceAll("\\|", "|"), isMarked };
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

/** A stretch of the passage, cut where marks begin and end. */
function piecesOf(text: string, [start, end]: Range, marks: readonly Range[]): Piece[] {
  const pieces: Piece[] = [];
  let done = start;
  const cut = (until: number, isMarked: boolean) => {
    if (until > done) pieces.push({ text: text.slice(done, until), isMarked });
    done = Math.max(done, until);
  };
  for (const [from, to] of marks) {
    if (to <= start || from >= end) continue;
    cut(Math.min(from, end), false);
    cut(Math.min(to, end), true);
  }
  cut(end, false);
  return pieces;
}
