import { describe, expect, it } from "vitest";

import { median } from "./median";

describe("the median", () => {
  it("is the middle one of an odd number, whatever the order", () => {
    expect(median([30, 10, 200])).toBe(30);
  });

  it("lies between the middle ones of an even number", () => {
    expect(median([10, 40, 20, 200])).toBe(30);
  });

  it("is none of nothing", () => {
    expect(median([])).toBeNull();
  });
});
