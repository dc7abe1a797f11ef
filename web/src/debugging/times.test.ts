import { describe, expect, it } from "vitest";

import { duration, perhaps, shortFrame } from "./times";

describe("durations", () => {
  it.each([
    [0.00042, "0.4 ms"],
    [0.0421, "42.1 ms"],
    [0.421, "421 ms"],
    [4.21, "4.2 s"],
    [421, "421 s"],
  ])("tells %d seconds as %s", (seconds, words) => {
    expect(duration(seconds)).toBe(words);
  });

  it("tells nothing of what is not known", () => {
    expect(perhaps(null)).toBe("");
  });
});

it("keeps the end of a frame's path", () => {
  expect(shortFrame("/srv/app/services/answering/engine.py:40 run")).toBe(
    "services/answering/engine.py:40 run",
  );
});
