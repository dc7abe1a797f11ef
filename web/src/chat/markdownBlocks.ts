import remarkGfm from "remark-gfm";
import remarkMath from "remark-math";
import remarkParse from "remark-parse";
import { unified } from "unified";

/** A part of Markdown that means the same by itself. */
export interface MarkdownBlock {
  /** Where it begins in the whole, in UTF-16 units. */
  start: number;
  source: string;
}

const parser = unified().use(remarkParse).use(remarkGfm).use(remarkMath);

/** Cuts Markdown between its outermost blocks; of a text that grows only the last ones change.
 *
 * A text that defines links or footnotes stays whole, as its other parts refer to them.
 */
export function markdownBlocks(text: string): MarkdownBlock[] {
  const nodes = parser.parse(text).children;
  if (nodes.some(({ type }) => type === "definition" || type === "footnoteDefinition")) {
    return [{ start: 0, source: text }];
  }
  let start = 0;
  return nodes.map((node) => {
    const end = node.position?.end.offset ?? text.length;
    const block = { start, source: text.slice(start, end) };
    start = end;
    return block;
  });
}
