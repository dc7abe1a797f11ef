import type { Citation } from "./events";

export interface PassagePart {
  start: number;
  text: string;
  isMarked: boolean;
}

/** Cuts a passage into quoted and other parts.
 *
 * Offsets of citations count Unicode code points of the document, as the API gives them;
 * `passageStart` is the passage's own first code point.
 */
export function markQuotes(
  passage: string,
  passageStart: number,
  citations: Pick<Citation, "char_start" | "char_end">[],
): PassagePart[] {
  const characters = Array.from(passage);
  const isMarked = characters.map(() => false);
  for (const { char_start, char_end } of citations) {
    isMarked.fill(true, Math.max(0, char_start - passageStart), Math.max(0, char_end - passageStart));
  }
  const parts: PassagePart[] = [];
  let start = 0;
  for (let end = 1; end <= characters.length; end += 1) {
    if (end < characters.length && isMarked[end] === isMarked[start]) continue;
    parts.push({
      start,
      text: characters.slice(start, end).join(""),
      isMarked: isMarked[start] ?? false,
    });
    start = end;
  }
  return parts;
}
