import { describe, expect, it } from "vitest";

import { fileName } from "./download";

describe("the name of a saved file", () => {
  it("is the plain one where there is no other", () => {
    expect(fileName('attachment; filename="Pendulums.md"')).toBe("Pendulums.md");
  });

  it("is the one in all letters where both are given", () => {
    const both = `attachment; filename="conversation.pdf"; filename*=UTF-8''%E0%A4%B2%E0%A5%8B.pdf`;

    expect(fileName(both)).toBe("लो.pdf");
  });

  it("falls back to the plain one when the other cannot be read", () => {
    expect(fileName(`attachment; filename="a.md"; filename*=UTF-8''%E0%A4.md`)).toBe("a.md");
  });

  it("is unknown without the header", () => {
    expect(fileName(null)).toBeNull();
  });
});
