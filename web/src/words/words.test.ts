import ts from "typescript";
import { describe, expect, it } from "vitest";

import { hindi } from "./hindi";
import { filled } from "./words";

const SOURCES: Record<string, string> = import.meta.glob(["../**/*.{ts,tsx}", "!../**/*.test.*"], {
  eager: true,
  import: "default",
  query: "?raw",
});

/** The first argument of each call of `t`, in every file of the page. */
function wordsOfThePage(): Set<string> {
  const found = new Set<string>();
  for (const source of Object.values(SOURCES)) {
    for (const [, quoted] of source.matchAll(/(?<![\w.])t\(\s*("(?:[^"\\]|\\.)*")/g)) {
      found.add(JSON.parse(quoted ?? '""') as string);
    }
  }
  return found;
}

const SPOKEN = /[A-Za-z]{2,}/;
const SPOKEN_ATTRIBUTES = /^(alt|title|placeholder|label|hint|aria-label)$/;
const NAMES = new Set(["NeuroShiksha", "session.refuse"]);

/** Text that a view shows or says as it is written, past `t`. */
function textPastWords(name: string, source: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isJsxText(node)) found.push(node.text.trim());
    if (
      ts.isJsxAttribute(node) &&
      SPOKEN_ATTRIBUTES.test(node.name.getText()) &&
      node.initializer !== undefined &&
      ts.isStringLiteral(node.initializer)
    ) {
      found.push(node.initializer.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(name, source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX));
  return found.filter((text) => SPOKEN.test(text) && !NAMES.has(text));
}

function placesOf(sentence: string): string[] {
  return [...sentence.matchAll(/\{\w+\}/g)].map(([place]) => place).sort();
}

describe("the words of the page", () => {
  const words = wordsOfThePage();

  it("are all there in Hindi", () => {
    expect(words.size).toBeGreaterThan(300);
    expect([...words].filter((english) => hindi[english] === undefined)).toEqual([]);
  });

  it("are in use, where there is Hindi for them", () => {
    expect(Object.keys(hindi).filter((english) => !words.has(english))).toEqual([]);
  });

  it("have the same places for values in Hindi", () => {
    for (const [english, translated] of Object.entries(hindi)) {
      expect(placesOf(translated), english).toEqual(placesOf(english));
    }
  });

  it("are all that views show or say", () => {
    const views = Object.entries(SOURCES).filter(([name]) => name.endsWith(".tsx"));

    const past = views.map(([name, source]) => [name, textPastWords(name, source)] as const);

    expect(past.filter(([, texts]) => texts.length > 0)).toEqual([]);
  });

  it("take their values, those that look like places too", () => {
    expect(filled("{a} of {b}", { a: "{b}", b: 2 })).toBe("{b} of 2");
    expect(filled("{a} of {b}", { a: 1 })).toBe("1 of {b}");
  });
});
