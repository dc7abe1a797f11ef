import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { api, body } from "../api/client";
import { Field } from "../session/Field";
import { Loading } from "../shell/Loading";
import { Problem } from "../shell/Problem";
import { t } from "../words/words";
import type { Wish } from "./wish";

const LISTED_AT_MOST = 100;

interface Props {
  courseId: string;
  wish: Wish;
  onChange: (part: Partial<Wish>) => void;
}

/** Chooses the documents and lessons to write from; without a choice all of the course is. */
export function MaterialPicker({ courseId, wish, onChange }: Props) {
  const chosen = wish.documents.length + wish.lessons.length;
  return (
    <details className="more" open={chosen > 0}>
      <summary>
        {chosen === 0
          ? t("Written from all the material")
          : t("Written from {chosen} chosen", { chosen })}
      </summary>
      <Choices courseId={courseId} wish={wish} onChange={onChange} />
    </details>
  );
}

function Choices({ courseId, wish, onChange }: Props) {
  const [filter, setFilter] = useState("");
  const documents = useDocuments(courseId);
  const lessons = useLessons(courseId);
  const wanted = filter.trim().toLowerCase();
  const isWanted = ({ title }: { title: string }) => title.toLowerCase().includes(wanted);
  if (documents.isError) {
    return <Problem error={documents.error} onRetry={() => void documents.refetch()} />;
  }
  if (documents.data === undefined) return <Loading what={t("the material")} />;
  return (
    <div className="form">
      <Field label={t("Find")} type="search" value={filter} onChange={setFilter} />
      <CheckList
        legend={t("Documents")}
        items={documents.data.items.filter(isWanted)}
        chosen={wish.documents}
        onChange={(chosen) => onChange({ documents: chosen })}
      />
      <CheckList
        legend={t("Lessons")}
        items={(lessons.data?.items ?? []).filter(isWanted)}
        chosen={wish.lessons}
        onChange={(chosen) => onChange({ lessons: chosen })}
      />
      {(documents.data.total ?? 0) > LISTED_AT_MOST && (
        <p className="fine-print">
          {t("The newest {listedAtMost} documents are listed. For others, name the topic.", {
            listedAtMost: LISTED_AT_MOST,
          })}
        </p>
      )}
    </div>
  );
}

function useDocuments(course: string) {
  return useQuery({
    queryKey: ["documents-to-choose", course],
    queryFn: () =>
      body(
        api.GET("/api/v1/courses/{course}/documents", {
          params: { path: { course }, query: { size: LISTED_AT_MOST, status: "ready" } },
        }),
      ),
  });
}

function useLessons(course: string) {
  return useQuery({
    queryKey: ["lessons-to-choose", course],
    queryFn: () =>
      body(
        api.GET("/api/v1/courses/{course}/lessons", {
          params: { path: { course }, query: { size: LISTED_AT_MOST } },
        }),
      ),
  });
}

interface CheckListProps {
  legend: string;
  items: readonly { id: string; title: string }[];
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
}

function CheckList({ legend, items, chosen, onChange }: CheckListProps) {
  if (items.length === 0) return null;
  return (
    <fieldset className="check-list">
      <legend>{legend}</legend>
      {items.map(({ id, title }) => (
        <label key={id}>
          <input
            type="checkbox"
            checked={chosen.includes(id)}
            onChange={({ target }) =>
              onChange(target.checked ? [...chosen, id] : chosen.filter((other) => other !== id))
            }
          />
          {title}
        </label>
      ))}
    </fieldset>
  );
}
