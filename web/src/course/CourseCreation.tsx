import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";

import { api, body } from "../api/client";
import { useSubmit } from "../session/useSubmit";
import { Dialog } from "../shell/Dialog";
import { ProblemLine } from "../shell/ProblemLine";
import { useDraft } from "../shell/useDraft";
import { t } from "../words/words";
import { CourseFields, courseOf, EMPTY_COURSE } from "./CourseFields";

/** Makes a course, and leads on to bringing its material in. */
export function CourseCreation({ onClose }: { onClose: () => void }) {
  const [draft, setDraft, forget] = useDraft("new-course", EMPTY_COURSE);
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { isBusy, problem, submit } = useSubmit(async () => {
    const made = await body(api.POST("/api/v1/courses", { body: courseOf(draft) }));
    forget();
    void queries.invalidateQueries({ queryKey: ["courses"] });
    await navigate(`/courses/${made.slug}/materials`);
  });
  return (
    <Dialog title={t("New course")} onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <CourseFields draft={draft} onChange={setDraft} />
        <ProblemLine problem={problem} />
        <div className="form-actions">
          <button type="submit" className="button primary" disabled={isBusy}>
            {t("Create the course")}
          </button>
          <button type="button" className="button" onClick={onClose}>
            {t("Later")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
