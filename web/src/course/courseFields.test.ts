import { describe, expect, it } from "vitest";

import { courseOf, EMPTY_COURSE } from "./CourseFields";

describe("a described course", () => {
  it("has each tag and question once, and no empty ones", () => {
    const course = courseOf({
      ...EMPTY_COURSE,
      title: "  Waves ",
      tags: "physics, , waves,physics",
      questions: "What is a wave?\n\n  Why does it break? \n",
    });

    expect(course.title).toBe("Waves");
    expect(course.tags).toEqual(["physics", "waves"]);
    expect(course.suggested_questions).toEqual(["What is a wave?", "Why does it break?"]);
  });
});
