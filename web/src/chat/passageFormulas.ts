/** Finds formulas in a passage, which is stored as text with LaTeX between dollars. */
import type { Range } from "./passageBlocks";

/** Program text, whose dollars mean something else; left alone when found first. */
const CODE = /`{3,}[\s\S]*?(?:`{3,}|$)|`[^`\n]+`/;
const DISPLAYED = /\$\$(?:\\[\s\S]|[^\\$])+\$\$/;
/** As Pandoc reads them: no space within the dollars' edges and no digit after them, so prices are none. */
const INLINE = /(?<!\\)\$(?=[^\s$])(?:\\.|\n(?!\n)|[^\\$\n])*(?<!\s)\$(?![\d$])/;
const CODE_OR_FORMULA = new RegExp(
  `(${CODE.source})|${DISPLAYED.source}|${INLINE.source}`,
  "g",
);

/** Where the formulas of a passage stand, dollars included, in its order. */
export function formulasOf(text: string): Range[] {
  return [...text.matchAll(CODE_OR_FORMULA)]
    .filter((found) => found[1] === undefined)
    .map((found) => [found.index, found.index + found[0].length]);
}

/** Marks that begin or end within a formula hold it whole: a part of it cannot be typeset. */
export function widened(marks: readonly Range[], formulas: readonly Range[]): Range[] {
  return marks.map(([start, end]) => {
    const cut = formulas.filter((formula) => formula[0] < end && formula[1] > start);
    return [Math.min(start, ...cut.map(([from]) => from)), Math.max(end, ...cut.map(([, to]) => to))];
  });
}
