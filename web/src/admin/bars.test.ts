import { describe, expect, it } from "vitest";

import { barsOf, everyDay } from "./bars";

function measured(...values: number[]) {
  return values.map((value, place) => ({ key: `${place}`, name: `${place}`, value }));
}

describe("bars", () => {
  it("stand in proportion to the largest", () => {
    const { bars, top } = barsOf(measured(50, 200, 0));

    expect(bars.map((bar) => bar.height)).toEqual([25, 100, 0]);
    expect(top).toBe(200);
  });

  it("can be seen where there is anything", () => {
    expect(barsOf(measured(1, 1_000_000)).bars[0]?.height).toBeGreaterThan(1);
  });

  it("are none where nothing was measured", () => {
    expect(barsOf([])).toEqual({ bars: [], top: 0 });
    expect(barsOf(measured(0, 0)).bars.map((bar) => bar.height)).toEqual([0, 0]);
  });
});

describe("days", () => {
  it("are all there, those without an amount too, over the end of a month", () => {
    const used = [{ key: "2026-03-01", name: "2026-03-01", value: 7 }];

    const days = everyDay(used, new Date("2026-02-27T15:00Z"), new Date("2026-03-02T01:00Z"));

    expect(days.map((day) => [day.key, day.value])).toEqual([
      ["2026-02-27", 0],
      ["2026-02-28", 0],
      ["2026-03-01", 7],
      ["2026-03-02", 0],
    ]);
  });
});
