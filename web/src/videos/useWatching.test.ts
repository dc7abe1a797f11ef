import { describe, expect, it } from "vitest";

import { type WatchedPart, WatchedParts } from "./useWatching";

function watched(...times: readonly (number | "pause")[]): WatchedPart[] {
  const kept: WatchedPart[] = [];
  const parts = new WatchedParts((part) => kept.push(part));
  for (const time of times) {
    if (time === "pause") parts.end();
    else parts.at({ currentTime: time, duration: 100.4, paused: false });
  }
  parts.end();
  return kept;
}

const spans = (parts: WatchedPart[]) => parts.map((part) => [part.from_seconds, part.to_seconds]);

describe("what is watched", () => {
  it("is one part while it plays on", () => {
    expect(watched(0.2, 0.5, 1.6)).toEqual([
      { from_seconds: 0, to_seconds: 2, duration_seconds: 100 },
    ]);
  });

  it("is cut where somebody jumps, and where they pause", () => {
    expect(spans(watched(0, 1, 50, 51, "pause", 51, 52))).toEqual([
      [0, 1],
      [50, 51],
      [51, 52],
    ]);
  });

  it("is kept now and then while it plays on", () => {
    const times = Array.from({ length: 41 }, (_, n) => n);
    expect(spans(watched(...times))).toEqual([
      [0, 30],
      [31, 40],
    ]);
  });

  it("ends with the video, and is nothing before it is loaded", () => {
    expect(spans(watched(99, 100.4))).toEqual([[99, 100]]);
    const kept: WatchedPart[] = [];
    const parts = new WatchedParts((part) => kept.push(part));
    parts.at({ currentTime: 0, duration: Number.NaN, paused: false });
    parts.end();
    expect(kept).toEqual([]);
  });
});
