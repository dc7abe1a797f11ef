import { describe, expect, it } from "vitest";

import { bytes, counted, microUsd } from "./formats";

describe("amounts", () => {
  it("writes a size in the largest unit that leaves a number of at least one", () => {
    expect([0, 999, 1000, 25_600, 3_200_000_000].map(bytes)).toEqual([
      "0 B",
      "999 B",
      "1.0 kB",
      "26 kB",
      "3.2 GB",
    ]);
  });

  it("gives an amount its noun", () => {
    expect(counted(1, "passage", "passages")).toBe("1 passage");
    expect(counted(0, "passage", "passages")).toBe("0 passages");
  });

  it("reads dollars as millionths, and nothing that is no amount", () => {
    expect(microUsd("2.5")).toBe(2_500_000);
    expect(microUsd("0")).toBe(0);
    expect([" ", "-1", "two", "Infinity"].map(microUsd)).toEqual([null, null, null, null]);
  });
});
