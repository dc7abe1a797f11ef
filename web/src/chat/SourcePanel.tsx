import { useEffect, useRef } from "react";

import { t } from "../words/words";
import type { Answer } from "./answer";
import type { Source } from "./events";
import { markQuotes } from "./markQuotes";
import { PageImage } from "./PageImage";
import { PassageText } from "./PassageText";
import { placeOf, sourceTitle } from "./place";

interface Props {
  source: Source;
  answer: Answer;
  onClose: () => void;
}

/** The passage behind a citation, with the quoted words marked. */
export function SourcePanel({ source, answer, onClose }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  const passage = useRef<HTMLQuoteElement>(null);

  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    passage.current?.querySelector("mark")?.scrollIntoView({ block: "center" });
  }, [source]);

  useEffect(() => {
    const closeOnEscape = (event: KeyboardEvent) => {
      if (event.key === "Escape") onClose();
    };
    addEventListener("keydown", closeOnEscape);
    return () => removeEventListener("keydown", closeOnEscape);
  }, [onClose]);

  const quotes = answer.citations.filter((citation) => citation.n === source.n);
  const path = source.locator.heading ?? [];
  return (
    <aside className="source-panel" aria-label={t("Source {n}", { n: source.n })}>
      <header>
        <span className="citation" aria-hidden="true">
          {source.n}
        </span>
        <div>
          <h2 ref={heading} tabIndex={-1}>
            {sourceTitle(source)}
          </h2>
          <p className="fine-print">{placeOf(source.locator)}</p>
        </div>
        <button
          type="button"
          className="button quiet icon"
          aria-label={t("Close")}
          onClick={onClose}
        >
          <span aria-hidden="true">✕</span>
        </button>
      </header>
      {path.length > 1 && <p className="heading-path">{path.join(" › ")}</p>}
      <blockquote className="passage" ref={passage}>
        <PassageText parts={markQuotes(source.text, source.locator.char_start, quotes)} />
      </blockquote>
      {source.locator.page != null && (
        <PageImage
          documentId={source.document_id}
          title={source.document_title}
          page={source.locator.page}
          chunkIds={source.chunk_ids ?? [source.chunk_id]}
        />
      )}
      <p className="fine-print">
        {t("Version {documentVersion} of the document, word for word as it is stored.", {
          documentVersion: source.document_version,
        })}
      </p>
    </aside>
  );
}
