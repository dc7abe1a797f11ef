import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { Link } from "react-router";

import { api, body } from "../api/client";
import { useWorkspace } from "../course/CourseWorkspace";
import { Problem } from "../shell/Problem";
import { t } from "../words/words";

const ENDINGS = ".xml,.zip,.gift,.txt,.apkg,.imscc";

/** Brings the questions of another system in as a quiz, and names those that could not be read. */
export function QuestionBank() {
  const { course, slug } = useWorkspace();
  const queries = useQueryClient();
  const field = useRef<HTMLInputElement>(null);
  const bringIn = useMutation({
    mutationFn: (file: File) =>
      body(
        api.POST("/api/v1/courses/{course}/question-banks", {
          params: { path: { course: course.id }, query: { language: course.language } },
          body: { file: file as unknown as string },
          bodySerializer: () => formOf(file),
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["contents", course.id] }),
  });
  const found = bringIn.data;
  return (
    <details className="more">
      <summary>{t("Bring questions in from another system")}</summary>
      <div className="form">
        <label>
          {t("A question bank")}
          <input
            ref={field}
            type="file"
            accept={ENDINGS}
            disabled={bringIn.isPending}
            onChange={(event) => {
              const file = event.target.files?.[0];
              if (file !== undefined) bringIn.mutate(file);
              event.target.value = "";
            }}
          />
          <span className="fine-print">
            {t("QTI 2.x or 3.0, Moodle XML, GIFT, or an Anki package. It becomes a quiz, a draft.")}
          </span>
        </label>
        <div role="status">
          {bringIn.isPending && <p>{t("Reading the questions…")}</p>}
          {found !== undefined && (
            <p>
              {t("Brought in as a draft:")}{" "}
              <Link to={`/courses/${slug}/quizzes/${found.quiz.id}`}>{found.quiz.title}</Link>
            </p>
          )}
        </div>
        {bringIn.isError && <Problem error={bringIn.error} />}
        {found !== undefined && found.failures.length > 0 && (
          <>
            <p>{t("Not brought in: {amount}", { amount: found.failures.length })}</p>
            <ul>
              {found.failures.map(({ name, reason }, place) => (
                // Names of a bank need not differ.
                <li key={`${place}:${name}`}>
                  {name}: {reason}
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </details>
  );
}

function formOf(file: File): FormData {
  const form = new FormData();
  form.set("file", file);
  return form;
}
