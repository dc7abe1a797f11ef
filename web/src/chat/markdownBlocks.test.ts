import { describe, expect, it } from "vitest";

import { markdownBlocks } from "./markdownBlocks";

const TEXT = `# Work

Force times *way*:

$$
W = Fs
$$

- one

- two

| a | b |
|---|---|
| 1 | 2 |

    code

The end.`;

describe("blocks of Markdown", () => {
  it("are its headings, paragraphs, formulas, lists, tables and code", () => {
    const sources = markdownBlocks(TEXT).map(({ source }) => source.trim().split("\n")[0]);

    expect(sources).toEqual([
      "# Work",
      "Force times *way*:",
      "$$",
      "- one",
      "| a | b |",
      "code",
      "The end.",
    ]);
  });

  it("are the whole text put together, each at its place", () => {
    const blocks = markdownBlocks(TEXT);

    expect(blocks.map(({ source }) => source).join("")).toBe(TEXT);
    for (const { start, source } of blocks) expect(TEXT.slice(start)).toMatch(source.slice(0, 5));
  });

  it("stay as they are while the text grows, but for the last", () => {
    for (let length = 1; length < TEXT.length; length++) {
      const before = markdownBlocks(TEXT.slice(0, length)).slice(0, -1);

      expect(markdownBlocks(TEXT).slice(0, before.length)).toEqual(before);
    }
  });

  it("are not cut where one part refers to another", () => {
    const text = "See [this].\n\n[this]: /courses/physics\n";

    expect(markdownBlocks(text)).toEqual([{ start: 0, source: text }]);
  });
});
