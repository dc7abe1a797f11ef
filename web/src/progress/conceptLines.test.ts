import { describe, expect, it } from "vitest";

import { conceptLines, conceptsOf } from "./conceptLines";

describe("concepts as lines", () => {
  it("are read back as they were written", () => {
    const concepts = [
      { name: "Velocity", prerequisites: [] },
      { name: "Momentum", prerequisites: ["Velocity", "Mass"] },
    ];

    expect(conceptsOf(conceptLines(concepts))).toEqual(concepts);
  });

  it("leave out empty lines and what is missing after a colon", () => {
    expect(conceptsOf("Velocity:\n\n Mass ")).toEqual([
      { name: "Velocity", prerequisites: [] },
      { name: "Mass", prerequisites: [] },
    ]);
  });
});
