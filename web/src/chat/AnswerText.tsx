import { memo, useMemo } from "react";
import Markdown, { type Components, type Options } from "react-markdown";
import remarkGfm from "remark-gfm";
import remarkMath from "remark-math";

import { t } from "../words/words";
import { citationMarkers } from "./citationMarkers";
import { mayLink } from "./links";
import {
  lowSupport,
  type NoticedSentence,
  type Range,
  rangesOf,
  rangesWithin,
} from "./lowSupport";
import { markdownBlocks } from "./markdownBlocks";
import { useFormulas } from "./useFormulas";

interface Props {
  text: string;
  citable: ReadonlySet<number>;
  onCite: (n: number) => void;
  lowSentences: readonly NoticedSentence[];
  /** Hosts that links may lead to, besides this service. */
  linkHosts: ReadonlySet<string>;
  /** Where this page is. */
  here: string;
}

/** Markdown with formulas; `[n]` opens its source. Raw HTML, pictures and links elsewhere stay text.
 *
 * It is drawn block by block: of an answer that grows only the last block is drawn anew.
 */
export const AnswerText = memo(function AnswerText(props: Props) {
  const { text, citable, onCite, lowSentences, linkHosts, here } = props;
  const rehypePlugins = useFormulas(text);
  const components = useMemo(
    () => componentsFor(citable, onCite, linkHosts, here),
    [citable, onCite, linkHosts, here],
  );
  const low = rangesOf(text, lowSentences);
  return markdownBlocks(text).map(({ start, source }) => (
    <Block
      key={start}
      source={source}
      low={rangesWithin(low, start, source.length)}
      rehypePlugins={rehypePlugins}
      components={components}
    />
  ));
});

interface BlockProps {
  source: string;
  low: readonly Range[];
  rehypePlugins: NonNullable<Options["rehypePlugins"]>;
  components: Components;
}

const Block = memo(function Block({ source, low, rehypePlugins, components }: BlockProps) {
  const remarkPlugins = [remarkGfm, remarkMath, lowSupport(low), citationMarkers];
  return (
    <Markdown remarkPlugins={remarkPlugins} rehypePlugins={rehypePlugins} components={components}>
      {source}
    </Markdown>
  );
});

function componentsFor(
  citable: ReadonlySet<number>,
  onCite: (n: number) => void,
  linkHosts: ReadonlySet<string>,
  here: string,
): Components {
  return {
    a({ href, children }) {
      const cited = /^#cite-(\d+)$/.exec(href ?? "")?.[1];
      if (cited === undefined) {
        if (href === undefined || !mayLink(href, linkHosts, here)) {
          return (
            <>
              {children} ({href})
            </>
          );
        }
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
          aria-label={t("Source {n}", { n })}
          onClick={() => onCite(n)}
        >
          {n}
        </button>
      );
    },
    img({ alt, src }) {
      return (
        <span className="chip">
          {alt || "image"} ({src})
        </span>
      );
    },
    table({ children }) {
      return (
        // What scrolls must be reached by keyboard. A group, as regions of one name are not told apart.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <div className="table-scroll" tabIndex={0} role="group" aria-label={t("Table")}>
          <table>{children}</table>
        </div>
      );
    },
  };
}
