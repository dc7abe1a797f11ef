import { describe, expect, it } from "vitest";

import { aroundPassage } from "./aroundPassage";

describe("the text around a passage", () => {
  it("is cut at code points, not at halves of them", () => {
    expect(aroundPassage("🎓 work is force", 2, 6)).toEqual({
      before: "🎓 ",
      within: "work",
      after: " is force",
    });
  });

  it("ends with dots where more would follow", () => {
    const { before, within, after } = aroundPassage("a".repeat(200_000), 100_000, 100_010);

    expect(within).toHaveLength(10);
    expect(before.startsWith("…a")).toBe(true);
    expect(after.endsWith("a…")).toBe(true);
    expect(before.length + after.length).toBe(100_002);
  });
});
