import "../styles/content.css";

import { useQueryClient } from "@tanstack/react-query";

import { useWorkspace } from "../course/CourseWorkspace";
import { useTitle } from "../session/session";
import { t } from "../words/words";
import { JobList } from "./JobList";
import { MakeForm } from "./MakeForm";

/** Where teachers have content made of the course's material. */
export function MakePage() {
  const { course } = useWorkspace();
  useTitle(t("{title}: make", { title: course.title }));
  const queries = useQueryClient();
  const canEdit = course.permissions.includes("edit");

  function onStarted() {
    void queries.invalidateQueries({ queryKey: ["made-jobs", course.id] });
  }

  return (
    <>
      <h1>{t("Make")}</h1>
      <div className="with-aside">
        {canEdit && <MakeForm course={course} onStarted={onStarted} />}
        <JobList courseId={course.id} canEdit={canEdit} />
      </div>
    </>
  );
}
