import { memo } from "react";
import Markdown, { type Components } from "react-markdown";
import remarkMath from "remark-math";

import { formulaPlugins } from "./formulas";

const COMPONENTS: Components = { p: ({ children }) => <>{children}</> };
const PLUGINS = [remarkMath];

/** Taken for a displayed formula only where its dollars stand on lines of their own. */
function asMarkdown(source: string): string {
  return source.startsWith("$$") ? `$$\n${source.slice(2, -2).trim()}\n$$` : source;
}

interface Props {
  /** LaTeX between one or two dollars. */
  source: string;
}

/** A formula, typeset; loaded where a passage holds one. */
export const Formula = memo(function Formula({ source }: Props) {
  return (
    <Markdown remarkPlugins={PLUGINS} rehypePlugins={formulaPlugins} components={COMPONENTS}>
      {asMarkdown(source)}
    </Markdown>
  );
});
