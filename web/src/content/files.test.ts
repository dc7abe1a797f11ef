import { describe, expect, it } from "vitest";

import { fileEnding, fileWords, isForPeople } from "./files";

const FILES = [
  { name: "energy.mp4", version: 1 },
  { name: "energy.chapters.vtt", version: 2 },
  { name: "energy.vtt", version: 1 },
  { name: "energy.vtt", version: 2 },
];

describe("the files of a video", () => {
  it("are called by what they are for", () => {
    expect(fileWords("energy.chapters.vtt")).toBe("Chapters (VTT)");
    expect(fileWords("energy.vtt")).toBe("Captions (VTT)");
    expect(isForPeople("energy.timing.json")).toBe(false);
  });

  it("are found by their ends, the newest first, captions apart from chapters", () => {
    expect(fileEnding(FILES, ".vtt")).toEqual({ name: "energy.vtt", version: 2 });
    expect(fileEnding(FILES, ".srt")).toBeUndefined();
  });
});
