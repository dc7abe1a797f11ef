import { useEffect, useRef } from "react";

import type { Answer } from "./answer";
import type { Source } from "./events";
import { markQuotes } from "./markQuotes";
import { PageImage } from "./PageImage";
import { placeOf } from "./place";

interface Props {
  source: Source;
  answer: Answer;
  onClose: () => void;
}

/** The passage behind a citation, with the quoted words marked. */
export function SourcePanel({ source, answer, onClose }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  const firstMark = useRef<HTMLElement>(null);

  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    firstMark.current?.scrollIntoView({ block: "center" });
  }, [source]);

  useEffect(() => {
    const closeOnEscape = (event: KeyboardEvent) => {
      if (event.key === "Escape") onClose();
    };
    addEventListener("keydown", closeOnEscape);
    return () => removeEventListener("keydown", closeOnEscape);
  }, [onClose]);

  const quotes = answer.citations.filter((citation) => citation.n === source.n);
  const parts = markQuotes(source.text, source.locator.char_start, quotes);
  const firstMarkedIndex = parts.findIndex((part) => part.isQuoted);
  const path = source.locator.heading ?? [];
  return (
    <aside className="source-panel" aria-label={`Source ${source.n}`}>
      <header>
        <span className="citation" aria-hidden="true">
          {source.n}
        </span>
        <div>
          <h2 ref={heading} tabIndex={-1}>
            {source.document_title}
          </h2>
          <p className="fine-print">{placeOf(source.locator)}</p>
        </div>
        <button type="button" className="button quiet icon" aria-label="Close" onClick={onClose}>
          <span aria-hidden="true">✕</span>
        </button>
      </header>
      {path.length > 1 && <p className="heading-path">{path.join(" › ")}</p>}
      <blockquote className="passage">
        {parts.map((part, index) =>
          part.isQuoted ? (
            <mark key={part.start} ref={index === firstMarkedIndex ? firstMark : null}>
              {part.text}
            </mark>
          ) : (
            <span key={part.start}>{part.text}</span>
          ),
        )}
      </blockquote>
      {source.locator.page != null && <PageImage source={source} page={source.locator.page} />}
      <p className="fine-print">
        Version {source.document_version} of the document, word for word as it is stored.
      </p>
    </aside>
  );
}
