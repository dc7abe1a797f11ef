import { describe, expect, it } from "vitest";

import { qualityOf } from "./quality";

describe("a quality report", () => {
  it("is none where content was not looked at", () => {
    expect(qualityOf(null)).toBeNull();
  });

  it("tells by finding what fails and what only warns", () => {
    const report = qualityOf({
      method: "grounded",
      checks: ["keys", "facts"],
      skipped: [{ check: "reading_level", reason: "not judged in Hindi" }],
      findings: [
        { code: "wrong_key", severity: "fail", item_id: "q1", detail: "the sources say 2" },
        { code: "missing_objective", severity: "warn", item_id: null, detail: "nothing on drag" },
      ],
    });

    expect(report?.findings).toEqual([
      { item: "q1", detail: "the sources say 2", isFailing: true },
      { item: null, detail: "nothing on drag", isFailing: false },
    ]);
    expect(report?.checks).toEqual(["answer keys", "facts"]);
    expect(report?.skipped).toEqual(["reading level: not judged in Hindi"]);
    expect(report?.material).toBeNull();
  });

  it("tells what of the material was used, and from where nothing was", () => {
    const report = qualityOf({
      material: { share: 0.4, passages_used: 4, passages_read: 9, left_out: ["Drag"] },
    });

    expect(report?.material).toEqual({ share: 0.4, used: 4, read: 9, leftOut: ["Drag"] });
  });
});
