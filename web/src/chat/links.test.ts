import { describe, expect, it } from "vitest";

import { mayLink } from "./links";

const OWN = "https://tutor.school.edu/courses/physics";
const HOSTS = new Set(["openstax.org", "*.example.edu"]);

describe("a link of an answer", () => {
  it.each([
    "/courses/physics",
    "#work",
    "https://tutor.school.edu/x",
    "https://openstax.org/books",
    "http://a.b.example.edu",
  ])("may be followed: %s", (href) => {
    expect(mayLink(href, HOSTS, OWN)).toBe(true);
  });

  it.each([
    "https://evil.example/",
    "//evil.example/x",
    "\\\\evil.example",
    "https://openstax.org@evil.example/",
    "https://evil.openstax.org/",
    "https://example.edu/",
    "javascript:alert(1)",
    "data:text/html,x",
    "mailto:a@evil.example",
    "http://tutor.school.edu/x",
    "https://",
  ])("may not: %s", (href) => {
    expect(mayLink(href, HOSTS, OWN)).toBe(false);
  });
});
