import { describe, expect, it } from "vitest";

import { nearby, pageOf } from "./passages";

describe("a source's place", () => {
  it("names a page only where it is one", () => {
    expect(pageOf("page 12")).toBe(12);
    expect(pageOf("Motion › page 12")).toBeNull();
    expect(pageOf("slide 2")).toBeNull();
  });
});

describe("what is shown around a passage", () => {
  it("is all of a short document", () => {
    const around = { before: "One. ", within: "Two.", after: " Three." };

    expect(nearby(around)).toEqual(around);
  });

  it("is cut between words in a long one", () => {
    const { before, after } = nearby({
      before: "word ".repeat(200),
      within: "here",
      after: " word".repeat(200),
    });

    expect(before).toMatch(/^… word /);
    expect(after).toMatch(/ word …$/);
    expect(before.length).toBeLessThan(420);
  });

  it("is cut between the rows of a table", () => {
    const { before, after } = nearby({
      before: "| one cell | another |\n".repeat(40),
      within: "| here | there |",
      after: "\n| one cell | another |".repeat(40),
    });

    expect(before).toMatch(/^…\n(\| one cell \| another \|\n)+$/);
    expect(after).toMatch(/^(\n\| one cell \| another \|)+\n…$/);
  });
});
