import { describe, expect, it } from "vitest";

import { hindiByCode } from "./hindiByCode";
import { told } from "./words";

const KNOWN = new Set(["said", "seconds", "first", "second", "pages"]);

describe("what the server says", () => {
  it("has only places that are filled", () => {
    const places = Object.values(hindiByCode).flatMap((words) =>
      [...words.matchAll(/\{(\w+)\}/g)].map(([, place]) => place ?? ""),
    );

    expect(places.filter((place) => !KNOWN.has(place))).toEqual([]);
  });

  it("stands as it is in English, and where its code is not known", () => {
    expect(told("not_found", "No such course.")).toBe("No such course.");
    expect(told(undefined, "Something else.")).toBe("Something else.");
  });
});
