import { describe, expect, it } from "vitest";

import { versionsOf } from "./forks";

const fork = ["first", "second", "third"].map((name) => ({
  message_id: name,
  leaf: `after ${name}`,
}));

describe("the versions of a message", () => {
  it("are counted from the oldest, with the branches of its neighbours", () => {
    expect(versionsOf([fork], "second")).toEqual({
      number: 2,
      count: 3,
      earlier: "after first",
      later: "after third",
    });
  });

  it("have nothing before the first and nothing after the last", () => {
    expect(versionsOf([fork], "first")?.earlier).toBeNull();
    expect(versionsOf([fork], "third")?.later).toBeNull();
  });

  it("are none where it stands alone, or is not stored yet", () => {
    expect(versionsOf([fork], "other")).toBeNull();
    expect(versionsOf([fork], null)).toBeNull();
  });
});
