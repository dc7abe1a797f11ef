import { describe, expect, it } from "vitest";

import type { Job } from "../materials/jobEvents";
import { noticesOf, stageWords, timeLeft } from "./jobWords";

describe("the time a job has left", () => {
  it("is told roughly", () => {
    expect(timeLeft(3)).toBe("a few seconds left");
    expect(timeLeft(32)).toBe("about 30 seconds left");
    expect(timeLeft(70)).toBe("about a minute left");
    expect(timeLeft(200)).toBe("about 3 minutes left");
  });

  it("is not told where nobody knows it", () => {
    expect(timeLeft(null)).toBeNull();
  });
});

describe("what a job remarks", () => {
  it("is told in words, however old the job is", () => {
    const notices = [{ code: "built_in_writer", detail: "Written by rules." }, "Of an old job."];

    expect(noticesOf({ result: { notices } } as unknown as Job)).toEqual([
      "Written by rules.",
      "Of an old job.",
    ]);
    expect(noticesOf({ result: null } as unknown as Job)).toEqual([]);
  });
});

describe("a stage", () => {
  it("begins as a sentence does", () => {
    expect(stageWords("scene_2 of 5")).toBe("Scene 2 of 5");
  });
});
