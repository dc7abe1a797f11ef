import { memo } from "react";
import Markdown, { type Components } from "react-markdown";
import remarkMath from "remark-math";

import { AnswerText } from "../chat/AnswerText";
import { useFormulas } from "../chat/useFormulas";
import { useLinkHosts } from "../chat/useLinkHosts";

const NO_NUMBERS: ReadonlySet<number> = new Set();
const NO_SENTENCES: readonly never[] = [];
const ignore = () => {};

/** Text of content as Markdown with formulas; raw HTML and pictures from elsewhere stay text. */
export const Prose = memo(function Prose({ text }: { text: string }) {
  const linkHosts = useLinkHosts();
  return (
    <div className="prose">
      <AnswerText
        text={text}
        citable={NO_NUMBERS}
        onCite={ignore}
        lowSentences={NO_SENTENCES}
        linkHosts={linkHosts}
        here={location.href}
      />
    </div>
  );
});

const INLINE: Components = {
  p: ({ children }) => <>{children}</>,
  a: ({ children }) => <>{children}</>,
  img: ({ alt }) => <>{alt}</>,
};
const INLINE_PLUGINS = [remarkMath];
const BLOCKS = ["ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "hr"];

/** A line of content within a label, a button or a heading: emphasis and formulas alone. */
export const ProseLine = memo(function ProseLine({ text }: { text: string }) {
  const rehypePlugins = useFormulas(text);
  return (
    <Markdown
      remarkPlugins={INLINE_PLUGINS}
      rehypePlugins={rehypePlugins}
      components={INLINE}
      disallowedElements={BLOCKS}
      unwrapDisallowed
    >
      {text}
    </Markdown>
  );
});
