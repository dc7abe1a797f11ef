/** Formulas typeset by KaTeX, in a file of its own: most first views hold none. */
import "katex/dist/katex.min.css";

import type { Options } from "react-markdown";
import rehypeKatex from "rehype-katex";

type Plugins = NonNullable<Options["rehypePlugins"]>;

export const formulaPlugins: Plugins = [
  [rehypeKatex, { throwOnError: false, strict: "ignore" }],
];
