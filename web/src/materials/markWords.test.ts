import { describe, expect, it } from "vitest";

import { markWords } from "./markWords";

function marked(passage: string, question: string): string[] {
  return markWords(passage, question)
    .filter((part) => part.isMarked)
    .map((part) => part.text);
}

describe("a passage that was found", () => {
  it("has the question's words marked, in any case and number", () => {
    expect(marked("Waves carry energy; a WAVE has a speed.", "What speed has a wave?")).toEqual([
      "Waves",
      "WAVE",
      "has",
      "speed",
    ]);
  });

  it("has no words marked that stand in every sentence", () => {
    expect(marked("This is the end of it.", "What is the work of it?")).toEqual([]);
  });

  it("joins to the passage again", () => {
    const passage = "  लंबाई और wave, twice: wave";

    const joined = markWords(passage, "wave लंबाई").map((part) => part.text);

    expect(joined.join("")).toBe(passage);
    expect(marked(passage, "wave लंबाई")).toEqual(["लंबाई", "wave", "wave"]);
  });
});
