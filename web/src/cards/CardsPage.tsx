import "../styles/content.css";

import { ContentRows } from "../content/ContentRows";
import { useWorkspace } from "../course/CourseWorkspace";
import { useTitle } from "../session/session";
import { t } from "../words/words";
import { Reviews } from "./Reviews";

/** Cards that are due, and the decks that they come from. */
export function CardsPage() {
  const { course, slug } = useWorkspace();
  useTitle(t("{title}: cards", { title: course.title }));
  return (
    <>
      <h1>{t("Cards")}</h1>
      <Reviews course={slug} />
      <ContentRows
        collection="decks"
        heading={t("Decks")}
        empty={t("There is no deck of cards yet.")}
      />
    </>
  );
}
