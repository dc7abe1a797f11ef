import { describe, expect, it } from "vitest";

import { emptyAnswer, isRunning, withEvent } from "./answer";
import { parseAnswerEvent } from "./events";

describe("an answer", () => {
  it("joins its deltas in order", () => {
    const texts = ["Force ", "is ", "mass times acceleration."];

    const answer = texts.reduce(
      (soFar, text) => withEvent(soFar, { event: "delta", data: { text } }),
      emptyAnswer,
    );

    expect(answer.text).toBe("Force is mass times acceleration.");
    expect(isRunning(answer)).toBe(true);
  });

  it("ends with done, and says when it was stopped", () => {
    const done = { finish_reason: "stopped", model: "grounded", citations: [] };

    const answer = withEvent(emptyAnswer, { event: "done", data: done });

    expect(answer.status).toBe("stopped");
    expect(isRunning(answer)).toBe(false);
  });

  it("begins anew with a second start", () => {
    const start = {
      message_id: "m",
      conversation_id: "c",
      model: "grounded",
      mode: "explain",
      prompt: "tutor.explain@1",
      cached: false,
    };
    const lost = withEvent(emptyAnswer, { event: "delta", data: { text: "Half of a" } });

    const begun = withEvent(lost, { event: "start", data: start });
    const answer = withEvent(begun, { event: "delta", data: { text: "A whole." } });

    expect(answer.text).toBe("A whole.");
  });

  it("passes over events it does not know", () => {
    expect(parseAnswerEvent("weather", "{}")).toBeNull();
  });
});
