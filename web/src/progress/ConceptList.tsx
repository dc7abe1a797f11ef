import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, body } from "../api/client";
import type { Course } from "../course/useCourse";
import { useSubmit } from "../session/useSubmit";
import { counted } from "../shell/formats";
import { Loading } from "../shell/Loading";
import { useNotify } from "../shell/Notices";
import { Problem } from "../shell/Problem";
import { ProblemLine } from "../shell/ProblemLine";
import { TextField } from "../shell/TextField";
import { t } from "../words/words";
import { conceptLines, conceptsOf } from "./conceptLines";

/** The concepts of a course with what each needs first: found in its content, set by teachers. */
export function ConceptList({ course }: { course: Course }) {
  const canEdit = course.permissions.includes("edit");
  const queries = useQueryClient();
  const concepts = useQuery({
    queryKey: ["concepts", course.id],
    queryFn: () =>
      body(
        api.GET("/api/v1/courses/{course}/concepts", { params: { path: { course: course.id } } }),
      ),
  });
  const refresh = () => {
    void queries.invalidateQueries({ queryKey: ["concepts", course.id] });
    void queries.invalidateQueries({ queryKey: ["course-progress", course.id] });
  };
  const extract = useMutation({
    mutationFn: () =>
      api.POST("/api/v1/courses/{course}/concepts/extract", {
        params: { path: { course: course.id } },
      }),
    onSuccess: refresh,
  });
  const [isEditing, setEditing] = useState(false);
  const found = concepts.data?.items ?? [];
  return (
    <section className="panel" aria-labelledby="course-concepts-heading">
      <header className="view-head">
        <h2 id="course-concepts-heading">{t("Concepts")}</h2>
        {canEdit && !isEditing && (
          <div className="row-actions">
            <button
              type="button"
              className="button"
              disabled={extract.isPending}
              onClick={() => extract.mutate()}
            >
              {t("Find them in the content")}
            </button>
            <button type="button" className="button" onClick={() => setEditing(true)}>
              {t("Edit the concepts")}
            </button>
          </div>
        )}
      </header>
      <ProblemLine problem={extract.error?.message ?? null} />
      {concepts.isPending && <Loading what={t("the concepts")} />}
      {concepts.isError && (
        <Problem error={concepts.error} onRetry={() => void concepts.refetch()} />
      )}
      {concepts.isSuccess && !isEditing && (
        <>
          <p className="fine-print">{counted(found.length, t("concept"), t("concepts"))}</p>
          <ul className="concept-chips">
            {found.map((concept) => (
              <li key={concept.id}>
                {concept.name}
                {concept.prerequisites.length > 0 && (
                  <span className="fine-print">
                    {" "}
                    {t("needs {prerequisites}", {
                      prerequisites: concept.prerequisites.join(", "),
                    })}
                  </span>
                )}
              </li>
            ))}
          </ul>
        </>
      )}
      {isEditing && (
        <ConceptForm
          courseId={course.id}
          text={conceptLines(found)}
          onEnd={() => {
            setEditing(false);
            refresh();
          }}
        />
      )}
    </section>
  );
}

interface FormProps {
  courseId: string;
  text: string;
  onEnd: () => void;
}

function ConceptForm({ courseId, text, onEnd }: FormProps) {
  const [draft, setDraft] = useState(text);
  const notify = useNotify();
  const { isBusy, problem, submit } = useSubmit(async () => {
    await api.PUT("/api/v1/courses/{course}/concepts", {
      params: { path: { course: courseId } },
      body: { concepts: conceptsOf(draft) },
    });
    notify(t("The concepts are kept."));
    onEnd();
  });
  return (
    <form className="form wide" onSubmit={submit}>
      <TextField
        label={t("Concepts, one in each line")}
        hint={t("What one needs first comes after a colon: Momentum: Velocity, Mass")}
        rows={12}
        value={draft}
        onChange={setDraft}
      />
      <ProblemLine problem={problem} />
      <div className="form-actions">
        <button type="submit" className="button primary" disabled={isBusy}>
          {t("Save")}
        </button>
        <button type="button" className="button" onClick={onEnd}>
          {t("Leave them")}
        </button>
      </div>
    </form>
  );
}
