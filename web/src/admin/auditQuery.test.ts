import { describe, expect, it } from "vitest";

import { auditQuery, EVERYTHING } from "./auditQuery";

describe("a search of the audit log", () => {
  it("asks for nothing that is not filled in", () => {
    expect(auditQuery({ ...EVERYTHING, text: "  " })).toEqual({});
  });

  it("holds the whole of its last day", () => {
    const { since, until } = auditQuery({
      ...EVERYTHING,
      since: "2026-02-28",
      until: "2026-02-28",
    });

    expect(since).toBe(new Date(2026, 1, 28).toISOString());
    expect(until).toBe(new Date(2026, 2, 1).toISOString());
  });
});
