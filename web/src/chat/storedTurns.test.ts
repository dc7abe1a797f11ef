import { describe, expect, it } from "vitest";

import { type Answer, emptyAnswer } from "./answer";
import { type StoredTurn, turnsBeside } from "./storedTurns";

function turnOf(answer: Partial<Answer>, replaces: string | null = null): StoredTurn {
  return { question: "Why?", questionId: null, answer: { ...emptyAnswer, ...answer }, replaces };
}

const stored = [
  turnOf({ messageId: "first", status: "complete" }),
  turnOf({ messageId: "last", status: "complete" }),
];

function idsBeside(turn: StoredTurn | null): (string | null)[] {
  return turnsBeside(turn, stored).map(({ answer }) => answer.messageId);
}

describe("the stored turns shown beside the one at work", () => {
  it("are all of them where none is at work", () => {
    expect(idsBeside(null)).toEqual(["first", "last"]);
  });

  it("leave out the one at work, which is stored as well", () => {
    expect(idsBeside(turnOf({ messageId: "last" }))).toEqual(["first"]);
  });

  it("leave out the answer that is being given anew", () => {
    expect(idsBeside(turnOf({ status: "waiting" }, "last"))).toEqual(["first"]);
    expect(idsBeside(turnOf({ messageId: "new", status: "complete" }, "last"))).toEqual(["first"]);
  });

  it("leave out what followed a question that was edited", () => {
    expect(idsBeside(turnOf({ status: "waiting" }, "first"))).toEqual([]);
  });

  it("keep the answer when giving it anew was refused", () => {
    expect(idsBeside(turnOf({ status: "failed" }, "last"))).toEqual(["first", "last"]);
  });
});
