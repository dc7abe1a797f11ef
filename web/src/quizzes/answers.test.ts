import { describe, expect, it } from "vitest";

import { countAnswered, given, stemParts } from "./answers";
import { asked, emptyQuestion } from "./questions";

describe("answers", () => {
  it("are handed in only where they say something", () => {
    const answers = {
      q1: { kind: "choice", chosen: [] },
      q2: { kind: "written", text: " " },
      q3: { kind: "gaps", gaps: { g1: "force", g2: "" } },
      q4: { kind: "matches", matches: {} },
      q5: { kind: "order", items: ["a", "b"] },
    } as const;

    const sent = given({ ...answers, q1: { kind: "choice", chosen: [] } } as never);

    expect(Object.keys(sent)).toEqual(["q3", "q5"]);
  });

  it("are counted over the questions that are asked", () => {
    const question = { id: "q1", kind: "numeric", stem: "?", points: 1 } as const;

    expect(countAnswered([question], { q1: { kind: "written", text: "3 m" } })).toBe(1);
    expect(countAnswered([question], { q9: { kind: "written", text: "3 m" } })).toBe(0);
  });
});

describe("the stem of a text with gaps", () => {
  it("comes apart at its gaps", () => {
    expect(stemParts("The {{g1}} pulls; {{g-2}}.")).toEqual([
      { text: "The ", gap: "g1" },
      { text: " pulls; ", gap: "g-2" },
      { text: ".", gap: null },
    ]);
  });
});

describe("a quiz as it is asked", () => {
  it("tells nothing of an order or of pairs that came with their key", () => {
    const ordering = { ...emptyQuestion("ordering", "q1"), items: ["second", "first"] };
    const matching = {
      ...emptyQuestion("matching", "q2"),
      pairs: [
        { left: "force", right: "newton" },
        { left: "energy", right: "joule" },
      ],
      distractors: ["kelvin"],
    };

    const { questions } = asked({
      title: "",
      language: "en",
      introduction: "",
      questions: [ordering, matching] as never,
    });

    expect(questions[0]?.items).toEqual(["first", "second"]);
    expect(questions[1]?.lefts).toEqual(["force", "energy"]);
    expect(questions[1]?.rights).toEqual(["joule", "kelvin", "newton"]);
  });
});
