import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";

import { api, body } from "../api/client";
import { download } from "../api/download";
import { PageImage } from "../chat/PageImage";
import { PassageText } from "../chat/PassageText";
import { useSubmit } from "../session/useSubmit";
import { Dialog } from "../shell/Dialog";
import { Loading } from "../shell/Loading";
import { Problem } from "../shell/Problem";
import { ProblemLine } from "../shell/ProblemLine";
import { t } from "../words/words";
import { aroundPassage } from "./aroundPassage";

interface Passage {
  page: number | null;
  chunkIds: readonly number[];
  version: number;
  /** In Unicode code points of the version's text. */
  start: number;
  end: number;
}

export interface OpenedDocument {
  documentId: string;
  title: string;
  /** The passage to be shown in it, where one was looked for. */
  passage?: Passage;
}

const PDF = "application/pdf";

/** A document as the tutor reads it: the pages of a PDF, else its text. */
export function DocumentViewer({
  opened,
  onClose,
}: {
  opened: OpenedDocument;
  onClose: () => void;
}) {
  const { documentId, title, passage } = opened;
  const entry = useQuery({
    queryKey: ["document", documentId],
    queryFn: () =>
      body(
        api.GET("/api/v1/documents/{document_id}", {
          params: { path: { document_id: documentId } },
        }),
      ),
  });
  const saving = useSubmit(() => download(`/api/v1/documents/${documentId}/file`, title));
  return (
    <Dialog title={title} onClose={onClose} isWide>
      {entry.isPending && <Loading what={t("the document")} />}
      {entry.isError && <Problem error={entry.error} onRetry={() => void entry.refetch()} />}
      {entry.data !== undefined &&
        (entry.data.media_type === PDF ? (
          <Pages
            documentId={documentId}
            title={title}
            first={passage?.page ?? 1}
            chunkIds={passage?.chunkIds ?? []}
          />
        ) : (
          <StoredText documentId={documentId} passage={passage ?? null} />
        ))}
      <ProblemLine problem={saving.problem} />
      <form className="form-actions" onSubmit={saving.submit}>
        <button type="button" className="button primary" onClick={onClose}>
          {t("Close")}
        </button>
        <button type="submit" className="button" disabled={saving.isBusy}>
          {t("Download the original")}
        </button>
      </form>
    </Dialog>
  );
}

interface PagesProps {
  documentId: string;
  title: string;
  first: number;
  chunkIds: readonly number[];
}

function Pages({ documentId, title, first, chunkIds }: PagesProps) {
  const [page, setPage] = useState(first);
  return (
    <div className="document-pages">
      <div className="form-actions">
        <button
          type="button"
          className="button"
          disabled={page === 1}
          onClick={() => setPage(page - 1)}
        >
          {t("Page before")}
        </button>
        <p role="status">{t("Page {page}", { page })}</p>
        <button type="button" className="button" onClick={() => setPage(page + 1)}>
          {t("Next page")}
        </button>
      </div>
      <PageImage documentId={documentId} title={title} page={page} chunkIds={chunkIds} />
    </div>
  );
}

interface TextProps {
  documentId: string;
  passage: Passage | null;
}

function StoredText({ documentId, passage }: TextProps) {
  const version = passage?.version ?? null;
  const text = useQuery({
    queryKey: ["document-text", documentId, version],
    queryFn: () =>
      body(
        api.GET("/api/v1/documents/{document_id}/text", {
          params: {
            path: { document_id: documentId },
            query: version === null ? {} : { version },
          },
        }),
      ),
  });
  const shown = useRef<HTMLDivElement>(null);
  useEffect(() => {
    shown.current?.querySelector("mark")?.scrollIntoView({ block: "center" });
  }, [text.data]);
  if (text.isError) return <Problem error={text.error} onRetry={() => void text.refetch()} />;
  if (text.data === undefined) return <Loading what={t("the text")} />;
  const found = passage ?? { start: 0, end: 0 };
  const { before, within, after } = aroundPassage(text.data.text, found.start, found.end);
  return (
    // A region that scrolls must be reached by keyboard.
    <div
      ref={shown}
      className="passage document-text"
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      role="region"
      aria-label={t("Stored text")}
    >
      <PassageText
        parts={[
          { text: before, isMarked: false },
          { text: within, isMarked: true },
          { text: after, isMarked: false },
        ]}
      />
    </div>
  );
}
