import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, body } from "../api/client";
import { useNotify } from "../shell/Notices";
import { Problem } from "../shell/Problem";
import { t } from "../words/words";
import { type Collection, KINDS } from "./collections";

const MOST_SHOWN = 100;

interface Deleted {
  id: string;
  title: string;
}

interface Props {
  courseId: string;
  collection: Collection;
}

/** What was deleted of one kind, each with the way back; read once somebody looks for it. */
export function DeletedContent({ courseId, collection }: Props) {
  const queries = useQueryClient();
  const notify = useNotify();
  const [isOpen, setOpen] = useState(false);
  const deleted = useQuery({
    queryKey: ["contents", courseId, collection, "deleted"],
    enabled: isOpen,
    queryFn: () => readDeleted(courseId, collection),
  });
  const restore = useMutation({
    mutationFn: ({ id }: Deleted) => bringBack(collection, id),
    onSuccess: (_, { title }) => notify(t("“{title}” is back.", { title })),
    onSettled: () => queries.invalidateQueries({ queryKey: ["contents", courseId] }),
  });
  return (
    <details className="archived" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t("Deleted {things}", { things: KINDS[collection].many })}</summary>
      {deleted.isError && (
        <Problem error={deleted.error} onRetry={() => void deleted.refetch()} />
      )}
      {restore.isError && <Problem error={restore.error} />}
      {deleted.data?.length === 0 && <p className="fine-print">{t("None.")}</p>}
      <ul className="plain-rows">
        {deleted.data?.map((content) => (
          <li key={content.id}>
            <span>{content.title}</span>
            <button
              type="button"
              className="button"
              disabled={restore.isPending}
              onClick={() => restore.mutate(content)}
            >
              {t("Restore")}
              <span className="visually-hidden"> {content.title}</span>
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}

async function readDeleted(course: string, collection: Collection): Promise<Deleted[]> {
  const query = { deleted: true, size: MOST_SHOWN };
  if (collection === "lessons") {
    const params = { path: { course }, query };
    return (await body(api.GET("/api/v1/courses/{course}/lessons", { params }))).items;
  }
  const params = { path: { course, collection }, query };
  return (await body(api.GET("/api/v1/courses/{course}/{collection}", { params }))).items;
}

async function bringBack(collection: Collection, id: string): Promise<void> {
  if (collection === "lessons") {
    const path = { lesson_id: id };
    await api.POST("/api/v1/lessons/{lesson_id}/restore", { params: { path } });
  } else {
    const path = { collection, content_id: id };
    await api.POST("/api/v1/{collection}/{content_id}/restore", { params: { path } });
  }
}
