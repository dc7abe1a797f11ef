import { describe, expect, it, vi } from "vitest";

const PAGES =
  "pages 2, 5-7, ... are pictures and left out; install Tesseract (tesseract-ocr) to have the text read";

describe("why something is not in the course", () => {
  it("is told in Hindi with the figures of the server's sentence", async () => {
    vi.stubGlobal("localStorage", { getItem: () => "hi" });
    vi.resetModules();
    const { reasonWords } = await import("./reasons");

    expect(reasonWords("pages_left_out", PAGES)).toContain("पृष्ठ छोड़ दिए गए: 2, 5-7, ...।");
    expect(reasonWords("pages_left_out", "page 3 is a picture and left out")).toContain(": 3।");
    expect(reasonWords("archive_too_long", "the archive holds more than 20,000 files")).toContain(
      "20,000 से अधिक",
    );
    vi.unstubAllGlobals();
  });

  it("stands as it is in English", async () => {
    vi.resetModules();
    const { reasonWords } = await import("./reasons");

    expect(reasonWords("pages_left_out", PAGES)).toBe(PAGES);
    expect(reasonWords(null, "no reader for it")).toBe("no reader for it");
  });
});
