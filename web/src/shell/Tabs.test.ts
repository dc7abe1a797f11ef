import { describe, expect, it } from "vitest";

import { isShown } from "./Tabs";

const CHAT = { to: "/courses/a", label: "Chat", end: true, holds: ["/courses/a/conversations"] };
const LESSONS = { to: "/courses/a/lessons", label: "Lessons", holds: ["/courses/a/slide-decks"] };

describe("a tab is the shown one", () => {
  it("at its own address, and below it unless it ends there", () => {
    expect(isShown(CHAT, "/courses/a")).toBe(true);
    expect(isShown(CHAT, "/courses/a/lessons")).toBe(false);
    expect(isShown(LESSONS, "/courses/a/lessons/1/edit")).toBe(true);
    expect(isShown(LESSONS, "/courses/a/lessons-of-another-kind")).toBe(false);
  });

  it("where something that it holds is opened", () => {
    expect(isShown(CHAT, "/courses/a/conversations/1")).toBe(true);
    expect(isShown(LESSONS, "/courses/a/slide-decks/1")).toBe(true);
  });
});
