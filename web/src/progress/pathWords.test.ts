import { describe, expect, it } from "vitest";

import { freezeWords, placeOf, type Streak, streakWords } from "./pathWords";

const streak: Streak = { days: 3, longest: 9, freezes: 1, is_today_done: true, active_days: 3 };

describe("the words of a streak", () => {
  it("count days, and leave today open", () => {
    expect(streakWords(streak)).toBe("3 days of learning, today included.");
    expect(streakWords({ ...streak, days: 1, is_today_done: false })).toBe(
      "1 day of learning. Today can still be one.",
    );
  });

  it("blame nobody for a break", () => {
    expect(streakWords({ ...streak, days: 0 })).toBe(
      "A new streak begins with your next day. Your longest was 9 days.",
    );
    expect(streakWords({ ...streak, days: 0, longest: 0 })).toBe(
      "Your first day of learning begins a streak.",
    );
  });

  it("name days off only where there are any", () => {
    expect(freezeWords(streak)).toBe("1 day off saved up: missing so many breaks nothing.");
    expect(freezeWords({ ...streak, freezes: 0 })).toBeNull();
  });
});

it("leads to where an item is", () => {
  const item = {
    id: "1",
    kind: "quiz",
    title: "",
    share: 0,
    is_begun: false,
    is_done: false,
  } as const;
  expect(placeOf("physics", item)).toBe("/courses/physics/quizzes/1");
});
