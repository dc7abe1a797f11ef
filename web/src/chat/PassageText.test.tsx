import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";

import { markQuotes } from "./markQuotes";
import { PassageText } from "./PassageText";
import { formulasOf } from "./passageFormulas";

const TABLE = ["| Event | Energy |", "| --- | --- |", "| A 𝑭 falls | 3 J |", "| A \\| B | 4 J |"].join(
  "\n",
);

/** The passage with these words of it quoted, at the code points that the API would give. */
function html(passage: string, ...quotes: string[]): string {
  const citations = quotes.map((quote) => {
    const char_start = 100 + Array.from(passage.slice(0, passage.indexOf(quote))).length;
    return { char_start, char_end: char_start + Array.from(quote).length };
  });
  const shown = renderToStaticMarkup(<PassageText parts={markQuotes(passage, 100, citations)} />);
  return shown.replaceAll(/<\/?span>|<!--.*?-->|<template[^>]*><\/template>/g, "");
}

describe("a passage", () => {
  it("shows a stored table with its header and no bars", () => {
    const shown = html(`Energies:\n\n${TABLE}\n\nThat is all.`);

    expect(shown).toContain('<th scope="col">Event</th><th scope="col">Energy</th>');
    expect(shown).toContain("<td>A 𝑭 falls</td><td>3 J</td>");
    expect(shown).toContain("<td>A | B</td>");
    expect(shown).not.toContain("---");
    expect(shown).toMatch(/^Energies:<div class="table-scroll"[^>]*>.*<\/div>That is all\.$/);
  });

  it("keeps the bars of a formula within its cell", () => {
    expect(html("| norm | $\\\\|v\\\\|$ |")).toContain("<td>$\\|v\\|$</td>");
  });

  it("marks a quote within a cell", () => {
    expect(html(TABLE, "falls")).toContain("<td>A 𝑭 <mark>falls</mark></td>");
  });

  it("marks a quote of a whole row in each of its cells", () => {
    const shown = html(TABLE, "| A 𝑭 falls | 3 J |");

    expect(shown).toContain("<td><mark>A 𝑭 falls</mark></td><td><mark>3 J</mark></td>");
    expect(shown.match(/<mark>/g)).toHaveLength(2);
  });

  it("marks a quote from the text into the table", () => {
    const shown = html(`See here.\n\n${TABLE}`, "here.\n\n| Event");

    expect(shown).toContain("See <mark>here.</mark><div");
    expect(shown).toContain("<mark>Event</mark></th>");
  });

  it("that begins within a table has rows and no header", () => {
    const shown = html("| a | b |\n| c |  |\n\nText.");

    expect(shown).not.toContain("<th");
    expect(shown).toContain("<td>a</td><td>b</td></tr><tr><td>c</td><td></td>");
  });

  it("keeps bars that are no table", () => {
    const passage = "| x | is the size of x.\n\n| x |\n\n```\n| a | b |\n```\n\n| a | b |\n| c |";

    expect(html(passage)).toBe(passage);
  });

  it("without a table is shown as it is", () => {
    expect(html("One.\n\nTwo.\n", "Two.")).toBe("One.\n\n<mark>Two.</mark>\n");
  });

  it("begins a line of its own after a displayed formula, and no second one", () => {
    expect(html("It is\n\n$$F = ma$$\n\nhere.")).toBe("It is\n\n$$F = ma$$\nhere.");
  });

  it("marks a formula whole where a quote ends within it", () => {
    expect(html("Force is $F = ma$ here.", "Force is $F")).toBe(
      "<mark>Force is $F = ma$</mark> here.",
    );
  });
});

describe("the formulas of a passage", () => {
  const formulas = (text: string) => formulasOf(text).map(([start, end]) => text.slice(start, end));

  it("stand between one dollar or two", () => {
    const text = "With $F = ma$ and $x$:\n\n$$\n\\frac{1}{2} m v^2\n$$\n\nand $a \\$ b$.";

    expect(formulas(text)).toEqual([
      "$F = ma$",
      "$x$",
      "$$\n\\frac{1}{2} m v^2\n$$",
      "$a \\$ b$",
    ]);
  });

  it.each([
    ["prices", "It costs $5 and $6, or $5-$6."],
    ["program text", "Say `$HOME$`.\n\n```\n$a + $b$\n```\n"],
    ["dollars behind a backslash", "\\$5 is not 5\\$."],
    ["what spans paragraphs", "Pay $x.\n\nThat is y$."],
  ])("are not %s", (_, text) => {
    expect(formulas(text)).toEqual([]);
  });
});
