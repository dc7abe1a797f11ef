import { describe, expect, it } from "vitest";

import { inUse } from "./promptWeights";

describe("the versions in use", () => {
  it("are named, with shares where there are several", () => {
    expect(inUse({ 3: 1 })).toBe("version 3");
    expect(inUse({ 1: 1, 2: 3, 3: 0 })).toBe("version 1 (25 %), version 2 (75 %)");
    expect(inUse({})).toBe("none");
  });
});
