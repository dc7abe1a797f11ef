import "../styles/content.css";

import { ContentRows } from "../content/ContentRows";
import { useWorkspace } from "../course/CourseWorkspace";
import { useTitle } from "../session/session";
import { t } from "../words/words";
import { LessonCreation } from "./LessonCreation";

/** What a course has to read: lessons, study guides and slides. */
export function LessonsPage() {
  const { course } = useWorkspace();
  useTitle(t("{title}: lessons", { title: course.title }));
  return (
    <>
      <h1>{t("Lessons")}</h1>
      <ContentRows
        collection="lessons"
        heading={t("All lessons")}
        empty={t("There is no lesson to read yet.")}
      >
        {course.permissions.includes("edit") && <LessonCreation courseId={course.id} />}
      </ContentRows>
      <ContentRows
        collection="study-guides"
        heading={t("Study guides")}
        empty={t("There is no study guide yet.")}
        isHiddenWhenEmpty
      />
      <ContentRows
        collection="slide-decks"
        heading={t("Slides")}
        empty={t("There are no slides yet.")}
        isHiddenWhenEmpty
      />
    </>
  );
}
