import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, body } from "../api/client";
import { ConfirmDialog } from "../shell/ConfirmDialog";
import { counted } from "../shell/formats";
import { Loading } from "../shell/Loading";
import { useNotify } from "../shell/Notices";
import { Problem } from "../shell/Problem";
import { SelectField } from "../shell/SelectField";
import { t } from "../words/words";
import { DocumentRow } from "./DocumentRow";
import type { CourseDocument, DocumentStatus } from "./documents";
import type { OpenedDocument } from "./DocumentViewer";
import { VirtualRows } from "./VirtualRows";

const PAGE_SIZE = 100;
const SHOWN = [
  ["all", t("All states")],
  ["ready", t("Ready")],
  ["pending", t("Being read")],
  ["failed", t("Failed")],
] as const;

interface Props {
  courseId: string;
  canEdit: boolean;
  onOpen: (opened: OpenedDocument) => void;
}

/** The documents of a course, the newest first; more come as one scrolls. */
export function DocumentList({ courseId, canEdit, onOpen }: Props) {
  const [shown, setShown] = useState<DocumentStatus | "all">("all");
  const [toDelete, setToDelete] = useState<CourseDocument | null>(null);
  const documents = useDocuments(courseId, shown);
  const found = documents.data?.pages.flatMap((page) => page.items) ?? [];
  const total = documents.data?.pages[0]?.total ?? found.length;
  return (
    <section className="panel" aria-labelledby="documents-heading">
      <header className="view-head">
        <h2 id="documents-heading">{t("Documents")}</h2>
        <SelectField
          label={t("Which documents are shown")}
          isLabelHidden
          options={SHOWN}
          value={shown}
          onChange={setShown}
        />
      </header>
      {documents.isPending && <Loading what={t("the documents")} rows={5} />}
      {documents.isError && (
        <Problem error={documents.error} onRetry={() => void documents.refetch()} />
      )}
      {documents.isSuccess && found.length === 0 && (
        <p className="empty-state">
          {shown === "all"
            ? t("There is nothing here yet. Drop the course's first files above.")
            : t("No document is in this state.")}
        </p>
      )}
      {found.length > 0 && (
        <>
          <p className="fine-print">{counted(total, t("document"), t("documents"))}</p>
          <VirtualRows
            items={found}
            total={total}
            keyOf={(document) => document.id}
            onEnd={() => {
              if (documents.hasNextPage && !documents.isFetching) void documents.fetchNextPage();
            }}
          >
            {(document) => (
              <DocumentRow
                document={document}
                onOpen={() => onOpen({ documentId: document.id, title: document.title })}
                onDelete={canEdit ? () => setToDelete(document) : undefined}
              />
            )}
          </VirtualRows>
        </>
      )}
      {toDelete !== null && (
        <DocumentDeletion
          document={toDelete}
          courseId={courseId}
          onClose={() => setToDelete(null)}
        />
      )}
    </section>
  );
}

function useDocuments(courseId: string, shown: DocumentStatus | "all") {
  return useInfiniteQuery({
    queryKey: ["documents", courseId, shown],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      body(
        api.GET("/api/v1/courses/{course}/documents", {
          params: {
            path: { course: courseId },
            query: {
              size: PAGE_SIZE,
              ...(shown === "all" ? {} : { status: shown }),
              ...(pageParam === null ? {} : { cursor: pageParam }),
            },
          },
        }),
      ),
    getNextPageParam: (page) => page.next_cursor,
  });
}

interface DeletionProps {
  document: CourseDocument;
  courseId: string;
  onClose: () => void;
}

function DocumentDeletion({ document, courseId, onClose }: DeletionProps) {
  const queries = useQueryClient();
  const notify = useNotify();
  return (
    <ConfirmDialog
      title={t("Take this document out of the course?")}
      act={t("Take it out")}
      onClose={onClose}
      onConfirm={async () => {
        await api.DELETE("/api/v1/documents/{document_id}", {
          params: { path: { document_id: document.id } },
        });
        notify(t("“{title}” is out of the course.", { title: document.title }));
        await queries.invalidateQueries({ queryKey: ["documents", courseId] });
        void queries.invalidateQueries({ queryKey: ["course"] });
      }}
    >
      <p>
        {t(
          "The tutor no longer finds “{title}”. Answers that cite it keep their passages. To bring it back, upload the file again.",
          { title: document.title },
        )}
      </p>
    </ConfirmDialog>
  );
}
