import { memo } from "react";
import Markdown, { type Components } from "react-markdown";
import rehypeKatex from "rehype-katex";
import remarkGfm from "remark-gfm";
import remarkMath from "remark-math";

import { citationMarkers } from "./citationMarkers";

interface Props {
  text: string;
  citable: ReadonlySet<number>;
  onCite: (n: number) => void;
}

const remarkPlugins = [remarkGfm, remarkMath, citationMarkers];
const rehypePlugins = [[rehypeKatex, { throwOnError: false, strict: "ignore" }]] as never[];

/** Markdown with formulas; `[n]` opens its source. Raw HTML and remote images stay text. */
export const AnswerText = memo(function AnswerText({ text, citable, onCite }: Props) {
  const components: Components = {
    a({ href, children }) {
      const cited = /^#cite-(\d+)$/.exec(href ?? "")?.[1];
      if (cited === undefined) {
        return (
          <a href={href} target="_blank" rel="noreferrer noopener nofollow">
            {children}
          </a>
        );
      }
      const n = Number(cited);
      if (!citable.has(n)) return <>[{cited}]</>;
      return (
        <button
          type="button"
          className="citation"
          aria-label={`Source ${n}`}
          onClick={() => onCite(n)}
        >
          {n}
        </button>
      );
    },
    img({ alt }) {
      return <span className="chip">{alt || "image"}</span>;
    },
    table({ children }) {
      return (
        <div className="table-scroll">
          <table>{children}</table>
        </div>
      );
    },
  };
  return (
    <Markdown remarkPlugins={remarkPlugins} rehypePlugins={rehypePlugins} components={components}>
      {text}
    </Markdown>
  );
});
