const SHOWN_AROUND = 50_000;

/** A document's text before, within and after a passage, as far as a person may want to read.
 *
 * Bounds of the passage count Unicode code points, as the API gives them.
 */
export function aroundPassage(
  text: string,
  start: number,
  end: number,
): { before: string; within: string; after: string } {
  const characters = Array.from(text);
  const cut = (from: number, to: number) => characters.slice(Math.max(0, from), to).join("");
  const isCutBefore = start > SHOWN_AROUND;
  const isCutAfter = characters.length - end > SHOWN_AROUND;
  return {
    before: (isCutBefore ? "…" : "") + cut(start - SHOWN_AROUND, start),
    within: cut(start, end),
    after: cut(end, end + SHOWN_AROUND) + (isCutAfter ? "…" : ""),
  };
}
