import { describe, expect, it } from "vitest";

import { freeId, moved, nameOfPart } from "./parts";

const CONTENT = {
  title: "Energy",
  questions: [{ id: "q1", stem: "The {{g1}} of a  **pendulum**" }],
  cards: [{ id: "c1", front: "x".repeat(200) }],
};

describe("a part", () => {
  it("is called by what it says, with gaps left open", () => {
    expect(nameOfPart(CONTENT, "q1")).toBe("The … of a pendulum");
  });

  it("is called by its id once it is gone", () => {
    expect(nameOfPart(CONTENT, "q9")).toBe("q9");
  });

  it("is called in short", () => {
    expect(nameOfPart(CONTENT, "c1")).toBe(`${"x".repeat(90)}…`);
  });

  it("gets an id that none has", () => {
    expect(freeId("card", [{ id: "card-2" }])).toBe("card-3");
    expect(freeId("card", [])).toBe("card-1");
  });

  it("moves within its list and not beyond", () => {
    expect(moved(["a", "b", "c"], 1, -1)).toEqual(["b", "a", "c"]);
    expect(moved(["a", "b", "c"], 1, 1)).toEqual(["a", "c", "b"]);
    expect(moved(["a", "b"], 0, -1)).toEqual(["a", "b"]);
  });
});
