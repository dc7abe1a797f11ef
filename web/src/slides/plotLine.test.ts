import { describe, expect, it } from "vitest";

import { plotLine } from "./plotLine";

describe("the line of a plot", () => {
  it("spans the drawing, upwards", () => {
    const line = plotLine([
      [0, 0],
      [10, 5],
      [20, 10],
    ]);

    expect(line).toBe("8.0,128.0 160.0,68.0 312.0,8.0");
  });

  it("is drawn for a quantity that does not change", () => {
    const line = plotLine([
      [0, 3],
      [1, 3],
    ]);

    expect(line).toBe("8.0,128.0 312.0,128.0");
  });
});
