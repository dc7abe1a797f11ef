import type { Root } from "mdast";
import { describe, expect, it } from "vitest";

import { lowSupport, rangesOf } from "./lowSupport";

function paragraph(value: string): Root {
  const position = {
    start: { line: 1, column: 1, offset: 0 },
    end: { line: 1, column: 1 + value.length, offset: value.length },
  };
  return {
    type: "root",
    children: [{ type: "paragraph", children: [{ type: "text", value, position }] }],
  };
}

function marksOf(tree: Root): string[] {
  const first = tree.children[0];
  const children = first?.type === "paragraph" ? first.children : [];
  return children.flatMap((child) =>
    child.type === "emphasis" && child.data?.hName === "mark"
      ? child.children.map((text) => (text.type === "text" ? text.value : ""))
      : [],
  );
}

describe("sentences of low support", () => {
  it("are marked, the others are not", () => {
    const text = "Work is force. Napoleon measured it. So it is.";
    const tree = paragraph(text);

    lowSupport(rangesOf(text, [{ char_start: 15, char_end: 36 }]))()(tree);

    expect(marksOf(tree)).toEqual(["Napoleon measured it."]);
  });

  it("are counted in code points", () => {
    const text = "🎓 Yes. No.";
    const tree = paragraph(text);

    lowSupport(rangesOf(text, [{ char_start: 7, char_end: 10 }]))()(tree);

    expect(marksOf(tree)).toEqual(["No."]);
  });
});
