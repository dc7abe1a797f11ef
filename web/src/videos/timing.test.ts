import { describe, expect, it } from "vitest";

import { clock, cueAt, type Timing } from "./timing";

const TIMING: Timing = {
  duration_seconds: 10,
  language: "en",
  scenes: [
    {
      id: "s1",
      heading: "One",
      start_seconds: 0,
      end_seconds: 5,
      cues: [{ start_seconds: 0.4, end_seconds: 2, text: "First." }],
    },
    {
      id: "s2",
      heading: "Two",
      start_seconds: 5,
      end_seconds: 10,
      cues: [{ start_seconds: 5.5, end_seconds: 9, text: "Second." }],
    },
  ],
};

describe("a moment of a video", () => {
  it("is told as clocks do", () => {
    expect(clock(65.9)).toBe("1:05");
    expect(clock(3723)).toBe("1:02:03");
  });

  it("has the words that are said then, or were last", () => {
    expect(cueAt(TIMING, 0)).toBeNull();
    expect(cueAt(TIMING, 3)).toBe(0.4);
    expect(cueAt(TIMING, 5.5)).toBe(5.5);
    expect(cueAt(TIMING, 99)).toBe(5.5);
  });
});
