import { describe, expect, it } from "vitest";

import { emptyWish, jobOf, lackOf, wishOf } from "./wish";

const WISH = emptyWish("beginner", "en");

describe("a wish for content", () => {
  it("needs a topic, documents or lessons", () => {
    expect(lackOf(WISH)).toMatch(/Name a topic/);
    expect(lackOf({ ...WISH, topic: "Energy" })).toBeNull();
    expect(lackOf({ ...WISH, documents: ["d1"] })).toBeNull();
  });

  it("takes a number of parts from 1 to 100", () => {
    expect(lackOf({ ...WISH, topic: "Energy", count: "100" })).toBeNull();
    expect(lackOf({ ...WISH, topic: "Energy", count: "0" })).toMatch(/1 to 100/);
    expect(lackOf({ ...WISH, topic: "Energy", count: "ten" })).toMatch(/1 to 100/);
  });

  it("is sent with a number only where something is counted", () => {
    expect(jobOf({ ...WISH, kind: "quiz", count: "6" }).count).toBe(6);
    expect(jobOf({ ...WISH, kind: "lesson", count: "6" }).count).toBeNull();
  });

  it("is sent with its budget in millionths of a dollar", () => {
    expect(jobOf({ ...WISH, budgetDollars: "0.25" }).budget_micro_usd).toBe(250_000);
    expect(jobOf(WISH).budget_micro_usd).toBeNull();
  });

  it("takes kind and topic from an address, where it names a topic and a known kind", () => {
    const asked = wishOf(new URLSearchParams("kind=lesson&topic=Why%3F"));

    expect(asked).toEqual({ kind: "lesson", topic: "Why?" });
    expect(wishOf(new URLSearchParams("kind=lesson"))).toBeNull();
    expect(wishOf(new URLSearchParams("kind=weapon&topic=Why"))).toBeNull();
  });
});
