import { describe, expect, it } from "vitest";

import { kindOf } from "./documents";

describe("the kind of a document", () => {
  it("is what people call its media type", () => {
    const slides = "application/vnd.openxmlformats-officedocument.presentationml.presentation";

    expect(kindOf("application/pdf", "a.pdf")).toBe("PDF");
    expect(kindOf(slides, "a.pptx")).toBe("Slides");
    expect(kindOf("text/x-rst", "a.rst")).toBe("Text");
  });

  it("is the end of its name where the media type says nothing", () => {
    expect(kindOf("application/octet-stream", "notes/a.djvu")).toBe("DJVU");
    expect(kindOf("application/octet-stream", "notes")).toBe("File");
  });
});
