/** A difference in the form of `diff -u`, line by line. */

export interface DiffLine {
  kind: "added" | "removed" | "kept" | "place";
  text: string;
  /** Tells lines with the same text apart. */
  number: number;
}

/** The lines of a unified diff without its two lines of file names. */
export function diffLines(unified: string): DiffLine[] {
  if (unified === "") return [];
  const lines = unified.split("\n");
  const start = lines[0]?.startsWith("--- ") ? 2 : 0;
  return lines.slice(start).map((line, number) => ({ ...lineOf(line), number }));
}

function lineOf(line: string): Omit<DiffLine, "number"> {
  if (line.startsWith("@@")) return { kind: "place", text: "" };
  const text = line.slice(1);
  if (line.startsWith("+")) return { kind: "added", text };
  if (line.startsWith("-")) return { kind: "removed", text };
  return { kind: "kept", text };
}
