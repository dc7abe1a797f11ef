import { describe, expect, it } from "vitest";

import { markQuotes } from "./markQuotes";

describe("quotes in a passage", () => {
  it("are cut at the document's code points", () => {
    const parts = markQuotes("𝑭 = ma holds.", 100, [{ char_start: 100, char_end: 106 }]);

    expect(parts).toEqual([
      { start: 0, text: "𝑭 = ma", isMarked: true },
      { start: 6, text: " holds.", isMarked: false },
    ]);
  });

  it("may overlap without doubling text", () => {
    const parts = markQuotes("abcdef", 0, [
      { char_start: 1, char_end: 4 },
      { char_start: 3, char_end: 5 },
    ]);

    expect(parts.map((part) => part.text).join("")).toBe("abcdef");
    expect(parts.filter((part) => part.isMarked).map((part) => part.text)).toEqual(["bcde"]);
  });

  it("leave a passage without quotes whole", () => {
    expect(markQuotes("abc", 5, [])).toEqual([{ start: 0, text: "abc", isMarked: false }]);
  });
});
