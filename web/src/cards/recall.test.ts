import { describe, expect, it } from "vitest";

import { comesAgain } from "./recall";

const NOW = new Date("2027-01-10T08:00:00Z");

describe("when a card comes again", () => {
  it("is told in the unit that fits", () => {
    expect(comesAgain("2027-01-10T08:00:20Z", NOW)).toBe("right away");
    expect(comesAgain("2027-01-10T08:10:00Z", NOW)).toBe("in 10 minutes");
    expect(comesAgain("2027-01-10T09:10:00Z", NOW)).toBe("in an hour");
    expect(comesAgain("2027-01-14T08:00:00Z", NOW)).toBe("in 4 days");
  });
});
