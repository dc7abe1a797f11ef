import { describe, expect, it } from "vitest";

import { points, verdictOf } from "./points";

describe("a score", () => {
  it("is told in points", () => {
    expect(points(2.5, 4)).toBe("2.5 of 4 points");
    expect(points(1, 1)).toBe("1 of 1 point");
  });

  it("is right, partly right, or not right", () => {
    expect(verdictOf(2, 2)).toBe("right");
    expect(verdictOf(0.5, 2)).toBe("partly right");
    expect(verdictOf(0, 2)).toBe("not right");
  });
});
