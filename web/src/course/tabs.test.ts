import { describe, expect, it } from "vitest";

import { tabsOf } from "./tabs";

const LEARNING = ["Chat", "Lessons", "Quizzes", "Cards", "Videos", "Progress"];

describe("the tabs of a course", () => {
  it("are not shown to who may see nothing of it", () => {
    expect(tabsOf("physics", [])).toEqual([]);
  });

  it("lead who learns to what the course has made of its material", () => {
    expect(tabsOf("physics", ["read", "ask"]).map((tab) => tab.label)).toEqual(LEARNING);
  });

  it("hold what an assistant may see, and nothing else", () => {
    expect(tabsOf("physics", ["read", "ask", "review"]).map((tab) => tab.label)).toEqual([
      ...LEARNING,
      "Insights",
      "People",
    ]);
  });

  it("lead below the course's address", () => {
    const tabs = tabsOf("physics", ["read", "ask", "review", "edit", "manage"]);

    expect(tabs[0]).toEqual({
      to: "/courses/physics",
      label: "Chat",
      end: true,
      holds: ["/courses/physics/conversations"],
    });
    expect(tabs.map((tab) => tab.to)).toContain("/courses/physics/materials");
  });
});
