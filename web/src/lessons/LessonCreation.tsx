import { useState } from "react";
import { useNavigate } from "react-router";

import { api, body } from "../api/client";
import { useWorkspace } from "../course/CourseWorkspace";
import { Field } from "../session/Field";
import { useSubmit } from "../session/useSubmit";
import { Dialog } from "../shell/Dialog";
import { ProblemLine } from "../shell/ProblemLine";
import { t } from "../words/words";

/** Begins a lesson that a teacher writes by hand. */
export function LessonCreation({ courseId }: { courseId: string }) {
  const { slug } = useWorkspace();
  const [isOpen, setOpen] = useState(false);
  const [title, setTitle] = useState("");
  const navigate = useNavigate();
  const { isBusy, problem, submit } = useSubmit(async () => {
    const made = await body(
      api.POST("/api/v1/courses/{course}/lessons", {
        params: { path: { course: courseId } },
        body: {
          title: title.trim(),
          summary: "",
          content: "",
          tags: [],
          difficulty: "beginner",
          status: "draft",
        },
      }),
    );
    await navigate(`/courses/${slug}/lessons/${made.id}/edit`);
  });
  return (
    <>
      <button type="button" className="button" onClick={() => setOpen(true)}>
        {t("Write a lesson")}
      </button>
      {isOpen && (
        <Dialog title={t("A new lesson")} onClose={() => setOpen(false)}>
          <form className="form" onSubmit={submit}>
            <Field label={t("Title")} required maxLength={200} value={title} onChange={setTitle} />
            <ProblemLine problem={problem} />
            <div className="form-actions">
              <button type="submit" className="button primary" disabled={isBusy}>
                {t("Begin")}
              </button>
              <button type="button" className="button" onClick={() => setOpen(false)}>
                {t("Later")}
              </button>
            </div>
          </form>
        </Dialog>
      )}
    </>
  );
}
