import "../styles/content.css";

import { useWorkspace } from "../course/CourseWorkspace";
import { useTitle } from "../session/session";
import { t } from "../words/words";
import { CourseProgress } from "./CourseProgress";
import { OwnProgress } from "./OwnProgress";
import { ShownToTeachers } from "./ShownToTeachers";

/** What one knows of a course; for who teaches, what its learners know. */
export function ProgressPage() {
  const { course, slug } = useWorkspace();
  const isTeaching = course.permissions.includes("review");
  useTitle(t("{title}: progress", { title: course.title }));
  return (
    <>
      <h1>{isTeaching ? t("Progress of the course") : t("My progress")}</h1>
      {isTeaching ? (
        <CourseProgress course={course} />
      ) : (
        <>
          <OwnProgress courseId={course.id} slug={slug} />
          <ShownToTeachers courseId={course.id} />
        </>
      )}
    </>
  );
}
