import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { createPortal } from "react-dom";

import { api, body } from "../api/client";
import { PageImage } from "../chat/PageImage";
import { PassageText } from "../chat/PassageText";
import { aroundPassage } from "../materials/aroundPassage";
import { Loading } from "../shell/Loading";
import { t } from "../words/words";
import { pageOf, nearby } from "./passages";
import type { SourceSpan } from "./values";

interface Props {
  source: SourceSpan;
  n: number;
  onClose: () => void;
}

/** The passage that content stands on, in its document, with the quoted words marked. */
export function PassagePanel({ source, n, onClose }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  const before = useRef<Element | null>(null);
  useEffect(() => {
    before.current = document.activeElement;
    heading.current?.focus({ preventScroll: true });
    return () => {
      if (before.current instanceof HTMLElement) before.current.focus({ preventScroll: true });
    };
  }, []);
  useEffect(() => {
    const closeOnEscape = (event: KeyboardEvent) => {
      if (event.key === "Escape") onClose();
    };
    addEventListener("keydown", closeOnEscape);
    return () => removeEventListener("keydown", closeOnEscape);
  }, [onClose]);

  const page = pageOf(source.place);
  // Above whatever holds the list: it stands beside the view, not within a part of it.
  return createPortal(
    <aside className="source-panel beside" aria-label={t("Source {n}", { n })}>
      <header>
        <span className="citation" aria-hidden="true">
          {n}
        </span>
        <div>
          <h2 ref={heading} tabIndex={-1}>
            {source.document_title}
          </h2>
          <p className="fine-print">{source.place}</p>
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
      <Passage source={source} />
      {page !== null && (
        <PageImage
          documentId={source.document_id}
          title={source.document_title}
          page={page}
          chunkIds={source.chunk_id === null ? [] : [source.chunk_id]}
        />
      )}
      <p className="fine-print">
        {t("Version {documentVersion} of the document, word for word as it is stored.", {
          documentVersion: source.document_version,
        })}
      </p>
    </aside>,
    document.body,
  );
}

function Passage({ source }: { source: SourceSpan }) {
  const { document_id, document_version, char_start, char_end, quote } = source;
  const text = useQuery({
    queryKey: ["document-text", document_id, document_version],
    queryFn: () =>
      body(
        api.GET("/api/v1/documents/{document_id}/text", {
          params: { path: { document_id }, query: { version: document_version } },
        }),
      ),
  });
  if (text.isPending) return <Loading what={t("the passage")} rows={1} />;
  // The quote was kept with the content; it stands even where the document is out of reach.
  const around = text.isSuccess
    ? nearby(aroundPassage(text.data.text, char_start, char_end))
    : { before: "", within: quote, after: "" };
  return (
    <blockquote className="passage">
      <PassageText
        parts={[
          { text: around.before, isMarked: false },
          { text: around.within, isMarked: true },
          { text: around.after, isMarked: false },
        ]}
      />
    </blockquote>
  );
}
