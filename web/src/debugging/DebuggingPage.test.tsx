import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { renderToStaticMarkup } from "react-dom/server";
import { MemoryRouter, Route, Routes } from "react-router";
import { describe, expect, it } from "vitest";

import { DebuggingPage } from "./DebuggingPage";

function shownTab(address: string): string | undefined {
  const html = renderToStaticMarkup(
    <QueryClientProvider client={new QueryClient()}>
      <MemoryRouter initialEntries={[address]}>
        <Routes>
          <Route path="/admin/debugging/:view?" element={<DebuggingPage />} />
        </Routes>
      </MemoryRouter>
    </QueryClientProvider>,
  );
  return /<a aria-current="page"[^>]*>([^<]*)</.exec(html)?.[1];
}

describe("the views of debugging", () => {
  it("have the shown one marked, the first one at either of its addresses", () => {
    expect(shownTab("/admin/debugging")).toBe("Process");
    expect(shownTab("/admin/debugging/process")).toBe("Process");
    expect(shownTab("/admin/debugging/token")).toBe("Token");
  });
});
