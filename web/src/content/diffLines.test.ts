import { describe, expect, it } from "vitest";

import { diffLines } from "./diffLines";

describe("the lines of a difference", () => {
  it("are none where nothing differs", () => {
    expect(diffLines("")).toEqual([]);
  });

  it("say what became of each, without the names of versions", () => {
    const unified = "--- version 1\n+++ version 2\n@@ -1,2 +1,2 @@\n same\n-- old\n+- new";

    expect(diffLines(unified).map(({ kind, text }) => [kind, text])).toEqual([
      ["place", ""],
      ["kept", "same"],
      ["removed", "- old"],
      ["added", "- new"],
    ]);
  });
});
