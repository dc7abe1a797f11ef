import "../styles/content.css";

import { ContentRows } from "../content/ContentRows";
import { useWorkspace } from "../course/CourseWorkspace";
import { useTitle } from "../session/session";
import { t } from "../words/words";

/** The videos of a course. */
export function VideosPage() {
  const { course } = useWorkspace();
  useTitle(t("{title}: videos", { title: course.title }));
  return (
    <>
      <h1>{t("Videos")}</h1>
      <ContentRows
        collection="videos"
        heading={t("All videos")}
        empty={t("There is no video to watch yet.")}
      />
    </>
  );
}
