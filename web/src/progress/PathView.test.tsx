import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { renderToStaticMarkup } from "react-dom/server";
import { MemoryRouter } from "react-router";
import { describe, expect, it } from "vitest";

import { PathView } from "./PathView";
import type { CoursePath } from "./pathWords";

const EMPTY: CoursePath = {
  items: [],
  done: 0,
  next: { why: "all_done", item: null },
  due_cards: 0,
  certificate: null,
};

function html(path: CoursePath): string {
  const queries = new QueryClient();
  queries.setQueryData(["path", "c"], path);
  return renderToStaticMarkup(
    <QueryClientProvider client={queries}>
      <MemoryRouter>
        <PathView courseId="c" slug="physics" />
      </MemoryRouter>
    </QueryClientProvider>,
  );
}

describe("the path of a course that holds nothing yet", () => {
  it("congratulates nobody, and leads to the tutor", () => {
    const shown = html(EMPTY);

    expect(shown).not.toContain("Well done");
    expect(shown).toContain('href="/courses/physics"');
  });

  it("still says which cards are due", () => {
    const shown = html({ ...EMPTY, next: { why: "due", item: null }, due_cards: 2 });

    expect(shown).toContain("2 cards to review");
  });
});
