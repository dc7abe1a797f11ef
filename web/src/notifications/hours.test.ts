import { describe, expect, it } from "vitest";

import { clockOf, minuteOf, zones } from "./hours";

describe("hours of the day", () => {
  it("are the same there and back", () => {
    expect([0, 61, 1439].map(clockOf)).toEqual(["00:00", "01:01", "23:59"]);
    expect(["00:00", "01:01", "23:59"].map(minuteOf)).toEqual([0, 61, 1439]);
  });

  it("are of a zone among those that there are, each once", () => {
    const found = zones("Asia/Kolkata");

    expect(found).toContain("Asia/Kolkata");
    expect(found).toContain("UTC");
    expect(new Set(found).size).toBe(found.length);
  });
});
