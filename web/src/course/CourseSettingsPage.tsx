import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";

import { api, body } from "../api/client";
import { Webhooks } from "../notifications/Webhooks";
import { useTitle } from "../session/session";
import { useSubmit } from "../session/useSubmit";
import { useNotify } from "../shell/Notices";
import { ProblemLine } from "../shell/ProblemLine";
import { t } from "../words/words";
import { CertificateRule } from "./CertificateRule";
import { CourseFields, courseOf, draftOf } from "./CourseFields";
import { useWorkspace } from "./CourseWorkspace";
import { HeldCertificates } from "./HeldCertificates";
import { type Course, useCourse } from "./useCourse";

/** How a course is described, and the way to put it away. */
export function CourseSettingsPage() {
  const { course, slug } = useWorkspace();
  useTitle(t("{title}: course", { title: course.title }));
  return (
    <>
      <h1>{t("Course")}</h1>
      <CourseDescription key={course.id} course={course} slug={slug} />
      {course.permissions.includes("manage") && <Webhooks courseId={course.id} />}
      <CertificateRule key={`certificate-${course.id}`} course={course} />
      <HeldCertificates courseId={course.id} canEdit={course.permissions.includes("edit")} />
      <CourseArchiving course={course} />
    </>
  );
}

function CourseDescription({ course, slug }: { course: Course; slug: string }) {
  const [draft, setDraft] = useState(() => draftOf(course));
  const { refetch } = useCourse(slug);
  const queries = useQueryClient();
  const notify = useNotify();
  const { isBusy, problem, submit } = useSubmit(async () => {
    await body(
      api.PATCH("/api/v1/courses/{course}", {
        params: { path: { course: course.id } },
        body: { ...courseOf(draft), slug: course.slug },
      }),
    );
    await refetch();
    void queries.invalidateQueries({ queryKey: ["courses"] });
    notify(t("The course is saved."));
  });
  return (
    <section className="panel" aria-labelledby="description-heading">
      <h2 id="description-heading">{t("What learners read of it")}</h2>
      <form className="form" onSubmit={submit}>
        <CourseFields draft={draft} onChange={setDraft} />
        <ProblemLine problem={problem} />
        <div className="form-actions">
          <button type="submit" className="button primary" disabled={isBusy}>
            {t("Save")}
          </button>
        </div>
      </form>
    </section>
  );
}

function CourseArchiving({ course }: { course: Course }) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const notify = useNotify();
  const path = { params: { path: { course: course.id } } };
  const refresh = () => queries.invalidateQueries({ queryKey: ["courses"] });
  const { isBusy, problem, submit } = useSubmit(async () => {
    await api.DELETE("/api/v1/courses/{course}", path);
    await navigate("/");
    void refresh();
    notify(t("“{title}” is archived.", { title: course.title }), async () => {
      await api.POST("/api/v1/courses/{course}/restore", path);
      await refresh();
    });
  });
  return (
    <section className="panel" aria-labelledby="archive-heading">
      <h2 id="archive-heading">{t("Archive")}</h2>
      <p>
        {t(
          "Nobody sees an archived course or can ask in it. Its material, people and conversations stay, and it can be brought back.",
        )}
      </p>
      <form onSubmit={submit}>
        <ProblemLine problem={problem} />
        <button type="submit" className="button danger" disabled={isBusy}>
          {t("Archive the course")}
        </button>
      </form>
    </section>
  );
}
