import type { Root, RootContent } from "mdast";
import { SKIP, visit } from "unist-util-visit";

const MARKER = /\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\]/g;

/** A remark plugin: `[1]` and `[1, 2]` in running text become links to `#cite-1`, `#cite-2`. */
export function citationMarkers() {
  return (tree: Root) => {
    visit(tree, "text", (node, index, parent) => {
      if (parent === undefined || index === undefined || parent.type === "link") return undefined;
      const parts = split(node.value);
      if (parts.length === 1) return undefined;
      parent.children.splice(index, 1, ...(parts as never[]));
      return [SKIP, index + parts.length];
    });
  };
}

function split(text: string): RootContent[] {
  const parts: RootContent[] = [];
  let end = 0;
  for (const match of text.matchAll(MARKER)) {
    if (match.index > end) parts.push({ type: "text", value: text.slice(end, match.index) });
    for (const n of (match[1] ?? "").split(/\s*,\s*/)) {
      parts.push({ type: "link", url: `#cite-${n}`, children: [{ type: "text", value: n }] });
    }
    end = match.index + match[0].length;
  }
  if (end < text.length || parts.length === 0) parts.push({ type: "text", value: text.slice(end) });
  return parts;
}
