import { describe, expect, it } from "vitest";

import { localMinute, minuteOf } from "./minutes";

describe("a field of date and time", () => {
  it("gives back the moment that it was given", () => {
    const moment = "2027-01-10T08:30:00.000Z";

    expect(minuteOf(localMinute(moment))).toBe(moment);
  });

  it("is empty where there is no moment", () => {
    expect(localMinute(null)).toBe("");
    expect(minuteOf("")).toBeNull();
  });
});
