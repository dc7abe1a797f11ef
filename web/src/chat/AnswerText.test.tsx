import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";

import { AnswerText } from "./AnswerText";

function html(text: string, lowSentences: { char_start: number; char_end: number }[]): string {
  return renderToStaticMarkup(
    <AnswerText
      text={text}
      citable={new Set([1])}
      onCite={() => undefined}
      lowSentences={lowSentences}
      linkHosts={new Set(["openstax.org"])}
      here="https://tutor.school.edu/"
    />,
  );
}

describe("an answer's text", () => {
  it("marks a sentence of low support, its citation stays one", () => {
    const shown = html("- Work is *force* times way [1]. It is not.", [
      { char_start: 33, char_end: 43 },
    ]);

    expect(shown).toContain('<mark class="low-support"');
    expect(shown).toMatch(/<mark[^>]*>It is not\.<\/mark>/);
    expect(shown).toContain('aria-label="Source 1"');
    expect(shown.match(/<mark/g)).toHaveLength(1);
  });

  it("marks a citation's sentence on both sides of emphasis", () => {
    const text = "It is *not* so [1].";

    const shown = html(text, [{ char_start: 0, char_end: text.length }]);

    expect(shown).toMatch(/<mark[^>]*>It is <\/mark><em><mark[^>]*>not<\/mark><\/em>/);
    expect(shown).toContain('aria-label="Source 1"');
  });

  it("has tables that the keyboard reaches, to scroll them", () => {
    const shown = html("| Quantity | Unit |\n|---|---|\n| work | J |\n", []);

    expect(shown).toMatch(/<div class="table-scroll" tabindex="0" role="group" aria-label="Table">/);
    expect(shown).toContain("<th>Quantity</th>");
  });

  it("shows a link to another host, and any picture, as text with its address", () => {
    const shown = html(
      "[a](https://evil.example/p) ![b](https://openstax.org/b.png) https://evil.example/q",
      [],
    );

    expect(shown).not.toMatch(/<(a|img)\b/);
    expect(shown).toContain("a (https://evil.example/p)");
    expect(shown).toContain("b (https://openstax.org/b.png)");
    expect(shown).toContain("https://evil.example/q");
  });

  it("links to allowed hosts and within the service", () => {
    const shown = html("[a](https://openstax.org/a) [b](/courses/physics)", []);

    expect(shown).toContain('href="https://openstax.org/a"');
    expect(shown).toContain('rel="noreferrer noopener nofollow"');
    expect(shown).toContain('href="/courses/physics"');
  });
});
