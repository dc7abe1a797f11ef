import type { PhrasingContent, Root } from "mdast";
import { SKIP, visit } from "unist-util-visit";

import { t } from "../words/words";
/** A sentence of an answer, in code points of its text. */
export interface NoticedSentence {
  char_start: number;
  char_end: number;
}

/** From and up to an offset, in UTF-16 units. */
export type Range = readonly [start: number, end: number];

const NONE: readonly Range[] = [];

/** Where sentences stand in a text. */
export function rangesOf(text: string, sentences: readonly NoticedSentence[]): readonly Range[] {
  if (sentences.length === 0) return NONE;
  return sentences.map(({ char_start, char_end }) => [
    utf16Offset(text, char_start),
    utf16Offset(text, char_end),
  ]);
}

/** The ranges as a part of the text has them, which begins at an offset. */
export function rangesWithin(
  ranges: readonly Range[],
  start: number,
  length: number,
): readonly Range[] {
  const within = ranges.filter(([from, to]) => from < start + length && start < to);
  return within.length === 0 ? NONE : within.map(([from, to]) => [from - start, to - start]);
}

/** A remark plugin: marks what stands in sentences that the sources do not bear out. */
export function lowSupport(ranges: readonly Range[]) {
  return () => (tree: Root) => {
    visit(tree, "text", (node, index, parent) => {
      const start = node.position?.start.offset;
      const end = node.position?.end.offset;
      if (start === undefined || end === undefined) return undefined;
      if (parent === undefined || index === undefined) return undefined;
      // With escapes or entities in it a text is shorter than its source: marked as a whole.
      const isVerbatim = end - start === node.value.length;
      const within = ranges.filter(([from, to]) => from < end && start < to);
      if (within.length === 0) return undefined;
      const parts = isVerbatim ? split(node.value, start, within) : [marked(node.value)];
      parent.children.splice(index, 1, ...(parts as never[]));
      return [SKIP, index + parts.length];
    });
  };
}

function split(value: string, start: number, ranges: readonly Range[]): PhrasingContent[] {
  const parts: PhrasingContent[] = [];
  let done = 0;
  for (const [from, to] of ranges) {
    const left = Math.max(from - start, done);
    const right = Math.min(to - start, value.length);
    if (left > done) parts.push({ type: "text", value: value.slice(done, left) });
    if (right > left) parts.push(marked(value.slice(left, right)));
    done = Math.max(done, right);
  }
  if (done < value.length) parts.push({ type: "text", value: value.slice(done) });
  return parts;
}

function marked(value: string): PhrasingContent {
  return {
    type: "emphasis",
    children: [{ type: "text", value }],
    data: {
      hName: "mark",
      hProperties: {
        className: ["low-support"],
        title: t("The sources do not bear this sentence out."),
      },
    },
  };
}

function utf16Offset(text: string, codePoints: number): number {
  let offset = 0;
  for (let count = 0; count < codePoints && offset < text.length; count++) {
    offset += (text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1;
  }
  return offset;
}
