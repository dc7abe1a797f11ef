import "../styles/content.css";

import { ContentRows } from "../content/ContentRows";
import { useWorkspace } from "../course/CourseWorkspace";
import { useTitle } from "../session/session";
import { t } from "../words/words";
import { QuestionBank } from "./QuestionBank";

/** The quizzes of a course. */
export function QuizzesPage() {
  const { course } = useWorkspace();
  useTitle(t("{title}: quizzes", { title: course.title }));
  return (
    <>
      <h1>{t("Quizzes")}</h1>
      <ContentRows
        collection="quizzes"
        heading={t("All quizzes")}
        empty={t("There is no quiz to take yet.")}
      >
        {course.permissions.includes("edit") && <QuestionBank />}
      </ContentRows>
    </>
  );
}
