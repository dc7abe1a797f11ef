import { describe, expect, it } from "vitest";

import { type ConceptProgress, sureness } from "./levels";

const CONCEPT: ConceptProgress = {
  concept_id: "c1",
  concept: "Momentum",
  probability: 0.5,
  uncertainty: 0.9,
  answer_count: 4,
  level: "learning",
  explanation: "",
  is_claimed: false,
};

describe("how sure an estimate is", () => {
  it("is told by its uncertainty", () => {
    expect(sureness(CONCEPT)).toBe("Not at all sure: it could be either.");
    expect(sureness({ ...CONCEPT, uncertainty: 0.6 })).toBe("Fairly sure.");
    expect(sureness({ ...CONCEPT, uncertainty: 0.1 })).toBe("Quite sure.");
  });

  it("is never told as sure from few answers", () => {
    expect(sureness({ ...CONCEPT, uncertainty: 0.1, answer_count: 1 })).toMatch(/^Not sure yet/);
  });

  it("rests on nothing without an answer or a claim", () => {
    expect(sureness({ ...CONCEPT, answer_count: 0 })).toBe("No answer tells yet.");
    expect(sureness({ ...CONCEPT, answer_count: 0, is_claimed: true })).toBe("By your own word.");
  });
});
