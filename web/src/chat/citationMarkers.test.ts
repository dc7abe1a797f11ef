import type { Root } from "mdast";
import { describe, expect, it } from "vitest";

import { citationMarkers } from "./citationMarkers";

function paragraph(value: string): Root {
  return {
    type: "root",
    children: [{ type: "paragraph", children: [{ type: "text", value }] }],
  };
}

function childrenOf(tree: Root) {
  const first = tree.children[0];
  return first?.type === "paragraph" ? first.children : [];
}

describe("citation markers", () => {
  it("become links, several in one bracket too", () => {
    const tree = paragraph("Force [1] and mass [2, 3].");

    citationMarkers()(tree);

    const links = childrenOf(tree).flatMap((child) => (child.type === "link" ? [child.url] : []));
    expect(links).toEqual(["#cite-1", "#cite-2", "#cite-3"]);
  });

  it("leave other brackets alone", () => {
    const tree = paragraph("An array a[i] and [sic].");

    citationMarkers()(tree);

    expect(childrenOf(tree)).toEqual([{ type: "text", value: "An array a[i] and [sic]." }]);
  });
});
